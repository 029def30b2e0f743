/**
 * The certificate of `dbtc sandbox --tls`, read by another implementation of X.509 than the one that writes it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { checkServerIdentity, type PeerCertificate } from "node:tls";
import { makeCertificate } from "../../lib/sandbox/server/certificate.ts";

const now = Date.UTC(2026, 0, 15, 12);
const made = await makeCertificate(now);
const [authority, server] = [new X509Certificate(made.authority), new X509Certificate(made.cert)];

Deno.test("the authority signs itself and the server", () => {
  assert.equal(authority.ca, true);
  assert.equal(server.ca, false);
  assert.equal(authority.issuer, "CN=dbtc sandbox authority");
  assert.equal(authority.subject, "CN=dbtc sandbox authority");
  assert.equal(server.issuer, "CN=dbtc sandbox authority");
  assert.equal(server.subject, "CN=localhost");
  assert(server.verify(authority.publicKey));
  assert(authority.verify(authority.publicKey));
  assert(!server.verify(server.publicKey));
});

Deno.test("the server's certificate is for this machine, for a year", () => {
  const names = (server.subjectAltName ?? "").split(", ");
  assert.deepEqual(names.slice(0, -1), [
    "DNS:localhost",
    "DNS:metadata.localhost",
    "DNS:semantic-layer.localhost",
    "DNS:dbtc.localhost",
    "DNS:*.dbtc.localhost",
    "DNS:*.metadata.dbtc.localhost",
    "DNS:*.semantic-layer.dbtc.localhost",
    "IP Address:127.0.0.1",
  ]);
  assert.match(names.at(-1) ?? "", /^IP Address:\S*:1$/);
  for (const certificate of [authority, server]) {
    assert.equal(Date.parse(certificate.validFrom), now - 86_400_000);
    assert.equal(Date.parse(certificate.validTo), now + 365 * 86_400_000);
  }
  assert(server.checkPrivateKey(createPrivateKey(made.key)));
});

Deno.test("the certificate is valid for the hosts that clients derive from localhost and dbtc.localhost", () => {
  const peer = { subject: { CN: "localhost" }, subjectaltname: server.subjectAltName } as PeerCertificate; // all that is read
  for (const host of ["localhost", "dbtc.localhost", "ab123.dbtc.localhost"]) {
    for (const prefix of ["", "metadata.", "semantic-layer."]) {
      // An account's prefix comes first: https://docs.getdbt.com/docs/dbt-cloud-apis/discovery-querying
      const name = host.startsWith("ab123.") ? `ab123.${prefix}${host.slice("ab123.".length)}` : prefix + host;
      assert.equal(checkServerIdentity(name, peer), undefined, name);
    }
  }
  assert(checkServerIdentity("example.com", peer) instanceof Error);
});

Deno.test("each start has a certificate of its own", async () => {
  const other = new X509Certificate((await makeCertificate(now)).authority);
  assert.notEqual(other.serialNumber, authority.serialNumber);
  assert.notEqual(other.fingerprint256, authority.fingerprint256);
});
