/**
 * The certificate of `dbtc sandbox --tls`, read by another implementation of X.509 than the one that writes it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
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
  assert.match(server.subjectAltName ?? "", /^DNS:localhost, IP Address:127\.0\.0\.1, IP Address:\S*:1$/);
  for (const certificate of [authority, server]) {
    assert.equal(Date.parse(certificate.validFrom), now - 86_400_000);
    assert.equal(Date.parse(certificate.validTo), now + 365 * 86_400_000);
  }
  assert(server.checkPrivateKey(createPrivateKey(made.key)));
});

Deno.test("each start has a certificate of its own", async () => {
  const other = new X509Certificate((await makeCertificate(now)).authority);
  assert.notEqual(other.serialNumber, authority.serialNumber);
  assert.notEqual(other.fingerprint256, authority.fingerprint256);
});
