/**
 * A certificate for this machine alone, and the authority that it is trusted by: made anew, and kept by nobody.
 *
 * @module
 */

/** What a server needs for TLS, and its clients to trust it. All of it is PEM. */
export interface Certificate {
  /** The server's certificate, for `localhost`, 127.0.0.1 and ::1. */
  readonly cert: string;
  /** Its private key. */
  readonly key: string;
  /** The authority that a client has to trust. Its private key is nowhere any more. */
  readonly authority: string;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const day = 86_400_000;

/** Makes a certificate that is good for a year. */
export async function makeCertificate(now: number): Promise<Certificate> {
  const [authority, server] = await Promise.all([makeKeys(), makeKeys()]);
  const issuer = { name: "dbtc sandbox authority", keys: authority };
  const root = await sign({ name: issuer.name, keys: authority, issuer, now, extensions: authorityExtensions });
  const leaf = await sign({ name: "localhost", keys: server, issuer, now, extensions: serverExtensions });
  const key = new Uint8Array(await crypto.subtle.exportKey("pkcs8", server.pair.privateKey));
  return { cert: pem("CERTIFICATE", leaf), key: pem("PRIVATE KEY", key), authority: pem("CERTIFICATE", root) };
}

interface Keys {
  readonly pair: CryptoKeyPair;
  /** The public key as certificates have it: SubjectPublicKeyInfo. */
  readonly info: Uint8Array;
  /** What others call it by: a hash of it. */
  readonly id: Uint8Array;
}

async function makeKeys(): Promise<Keys> {
  const pair = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const info = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
  return { pair, info, id: new Uint8Array(await crypto.subtle.digest("SHA-1", info)) };
}

// ---- X.509 as DER: RFC 5280 -----------------------------------------------------------------------------------------

/** A certificate that is to be signed. */
interface Wanted {
  readonly name: string;
  readonly keys: Keys;
  readonly issuer: { readonly name: string; readonly keys: Keys };
  readonly now: number;
  readonly extensions: ReadonlyArray<Uint8Array>;
}

async function sign({ name, keys, issuer, now, extensions }: Wanted): Promise<Uint8Array<ArrayBuffer>> {
  const ecdsaWithSha256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
  const signed = sequence(
    tlv(0xa0, tlv(0x02, Uint8Array.of(2))),
    integer(crypto.getRandomValues(new Uint8Array(16))),
    ecdsaWithSha256,
    commonName(issuer.name),
    sequence(time(now - day), time(now + 365 * day)),
    commonName(name),
    keys.info,
    tlv(
      0xa3,
      sequence(
        ...extensions,
        extension([0x55, 0x1d, 0x0e], false, tlv(0x04, keys.id)),
        extension([0x55, 0x1d, 0x23], false, sequence(tlv(0x80, issuer.keys.id))),
      ),
    ),
  );
  const raw = new Uint8Array(await crypto.subtle.sign(algorithm, issuer.keys.pair.privateKey, signed));
  const signature = sequence(integer(raw.slice(0, 32)), integer(raw.slice(32)));
  return sequence(signed, ecdsaWithSha256, bits(0, signature));
}

const authorityExtensions: ReadonlyArray<Uint8Array> = [
  extension([0x55, 0x1d, 0x13], true, sequence(tlv(0x01, Uint8Array.of(0xff)))), // it is an authority
  extension([0x55, 0x1d, 0x0f], true, bits(2, Uint8Array.of(0x04))), // and signs certificates
];

const serverExtensions: ReadonlyArray<Uint8Array> = [
  extension([0x55, 0x1d, 0x13], true, sequence()), // it is none
  extension([0x55, 0x1d, 0x0f], true, bits(7, Uint8Array.of(0x80))), // and signs what it says
  extension([0x55, 0x1d, 0x25], false, sequence(oid(0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01))), // as a server
  extension(
    [0x55, 0x1d, 0x11],
    false,
    sequence(
      tlv(0x82, text("localhost")),
      tlv(0x87, Uint8Array.of(127, 0, 0, 1)),
      tlv(0x87, Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)),
    ),
  ),
];

function extension(id: ReadonlyArray<number>, critical: boolean, value: Uint8Array): Uint8Array {
  return sequence(oid(...id), ...critical ? [tlv(0x01, Uint8Array.of(0xff))] : [], tlv(0x04, value));
}

function commonName(name: string): Uint8Array {
  return sequence(tlv(0x31, sequence(oid(0x55, 0x04, 0x03), tlv(0x0c, text(name)))));
}

/** UTCTime, which is good until 2049. */
function time(milliseconds: number): Uint8Array {
  return tlv(0x17, text(`${new Date(milliseconds).toISOString().replaceAll(/^..|[-:T]|\.\d+/g, "")}`));
}

/** A number that is not negative: no zeros in front, but for one that says so. */
function integer(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0);
  const short = bytes.slice(first < 0 ? -1 : first);
  return tlv(0x02, ...(short[0] ?? 0) > 0x7f ? [Uint8Array.of(0)] : [], short);
}

function bits(unused: number, bytes: Uint8Array): Uint8Array {
  return tlv(0x03, Uint8Array.of(unused), bytes);
}

function oid(...bytes: ReadonlyArray<number>): Uint8Array {
  return tlv(0x06, Uint8Array.from(bytes));
}

function sequence(...parts: ReadonlyArray<Uint8Array>): Uint8Array<ArrayBuffer> {
  return tlv(0x30, ...parts);
}

/** Tag, length and value. */
function tlv(tag: number, ...parts: ReadonlyArray<Uint8Array>): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Uint8Array.from([tag, ...size, ...parts.flatMap((part) => [...part])]);
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function pem(label: string, bytes: Uint8Array): string {
  const lines = bytes.toBase64().match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
