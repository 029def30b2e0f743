/**
 * The TLS certificate of `dbtc sandbox --tls`, and the authority that signs it: new at each start, for this machine
 * alone. `listen.ts` loads this file only where TLS is asked for.
 *
 * pkijs brings 5 packages. `@peculiar/x509` brings 21 and needs a polyfill of the global `Reflect`, `selfsigned` brings
 * 23, and `node-forge` knows neither ECDSA nor WebCrypto, and has no types.
 *
 * @module
 */
import * as Asn1 from "asn1js";
import * as Base64 from "effect/encoding/Base64";
import * as Pki from "pkijs";

/** What a server needs for TLS, and what its clients need to trust it. All of it is PEM. */
export interface Certificate {
  /** The server's certificate, for {@linkcode names}, 127.0.0.1 and ::1. */
  readonly cert: string;
  /** The server's private key. */
  readonly key: string;
  /** The authority that a client has to trust. Its private key is not kept. */
  readonly authority: string;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const day = 86_400_000;

/**
 * The names that it is for. Clients derive the hosts of dbt Cloud's other APIs from the host that they are given:
 * `metadata.…`, `semantic-layer.…`, with or without an account's prefix. Python and Node let a star stand for one part
 * of a name only, and not right below the top: `*.localhost` would not do.
 */
export const names: ReadonlyArray<string> = [
  "localhost",
  "metadata.localhost",
  "semantic-layer.localhost",
  "dbtc.localhost",
  "*.dbtc.localhost",
  "*.metadata.dbtc.localhost",
  "*.semantic-layer.dbtc.localhost",
];

/** Makes a certificate that is valid from yesterday until a year from now. */
export async function makeCertificate(now: number): Promise<Certificate> {
  const [authority, server] = [await makeParty("dbtc sandbox authority"), await makeParty("localhost")];
  return {
    authority: await sign(authority, authority, now, authorityExtensions),
    cert: await sign(server, authority, now, serverExtensions),
    key: pem("PRIVATE KEY", await crypto.subtle.exportKey("pkcs8", server.keys.privateKey)),
  };
}

/** Who a certificate is for, or is signed by. */
interface Party {
  readonly name: string;
  readonly keys: CryptoKeyPair;
  /** The hash of the public key, by which certificates refer to it. */
  readonly keyId: Asn1.OctetString;
}

async function makeParty(name: string): Promise<Party> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const hash = await crypto.subtle.digest("SHA-1", await crypto.subtle.exportKey("spki", keys.publicKey));
  return { name, keys, keyId: new Asn1.OctetString({ valueHex: hash }) };
}

async function sign(
  subject: Party,
  issuer: Party,
  now: number,
  extensions: ReadonlyArray<Pki.Extension>,
): Promise<string> {
  const certificate = new Pki.Certificate({
    version: 2, // counted from 0: version 3
    // The first byte keeps the number positive.
    serialNumber: new Asn1.Integer({
      valueHex: Uint8Array.of(1, ...crypto.getRandomValues(new Uint8Array(15))).buffer,
    }),
    notBefore: new Pki.Time({ value: new Date(now - day) }),
    notAfter: new Pki.Time({ value: new Date(now + 365 * day) }),
    extensions: [
      ...extensions,
      extension(Pki.id_SubjectKeyIdentifier, subject.keyId),
      extension(
        Pki.id_AuthorityKeyIdentifier,
        new Pki.AuthorityKeyIdentifier({ keyIdentifier: issuer.keyId }).toSchema(),
      ),
    ],
  });
  certificate.issuer.typesAndValues.push(commonName(issuer.name));
  certificate.subject.typesAndValues.push(commonName(subject.name));
  await certificate.subjectPublicKeyInfo.importKey(subject.keys.publicKey);
  await certificate.sign(issuer.keys.privateKey, algorithm.hash);
  return pem("CERTIFICATE", certificate.toSchema().toBER());
}

// ---- parts of a certificate: numbers as in RFC 5280 -----------------------------------------------------------------

const authorityExtensions: ReadonlyArray<Pki.Extension> = [
  extension(Pki.id_BasicConstraints, new Pki.BasicConstraints({ cA: true }).toSchema(), true),
  extension(Pki.id_KeyUsage, keyUsage(5), true), // keyCertSign
];

const serverExtensions: ReadonlyArray<Pki.Extension> = [
  extension(Pki.id_BasicConstraints, new Pki.BasicConstraints({ cA: false }).toSchema(), true),
  extension(Pki.id_KeyUsage, keyUsage(0), true), // digitalSignature
  extension(Pki.id_ExtKeyUsage, new Pki.ExtKeyUsage({ keyPurposes: ["1.3.6.1.5.5.7.3.1"] }).toSchema()), // serverAuth
  extension(
    Pki.id_SubjectAltName,
    new Pki.AltName({
      altNames: [
        ...names.map((value) => new Pki.GeneralName({ type: 2, value })), // dNSName
        ipAddress(127, 0, 0, 1),
        ipAddress(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
      ],
    }).toSchema(),
  ),
];

function extension(extnID: string, value: Asn1.BaseBlock, critical = false): Pki.Extension {
  return new Pki.Extension({ extnID, critical, extnValue: value.toBER() });
}

/** A key usage that has one bit only, counted from the left. */
function keyUsage(bit: number): Asn1.BitString {
  return new Asn1.BitString({ unusedBits: 7 - bit, valueHex: Uint8Array.of(0x80 >> bit).buffer });
}

function ipAddress(...bytes: ReadonlyArray<number>): Pki.GeneralName {
  return new Pki.GeneralName({ type: 7, value: new Asn1.OctetString({ valueHex: Uint8Array.from(bytes).buffer }) });
}

function commonName(value: string): Pki.AttributeTypeAndValue {
  return new Pki.AttributeTypeAndValue({ type: "2.5.4.3", value: new Asn1.Utf8String({ value }) });
}

function pem(label: string, bytes: ArrayBuffer): string {
  const lines = Base64.encode(new Uint8Array(bytes)).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
