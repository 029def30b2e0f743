/**
 * What dbt publishes, as numbers and digests: the specification has no licence to be copied, facts about it may be
 * written down. `specification_test.ts` computes the same from our own table, and, where the folder of evidence is there,
 * from the specification itself.
 *
 * Source: dbt-labs/dbt-cloud-openapi-spec, commit 1f274f7, 2026-08-20.
 *
 * @module
 */

/** How many operations each version of the API has. */
export const operations = { v2: 52, v3: 155 };

/** How many of them are marked as deprecated. */
export const deprecated = { v2: 15, v3: 8 };

/** SHA-256 of lines in alphabetical order, joined by line breaks. */
export const digests = {
  /** `GET /api/v2/accounts/{}/` for each operation. */
  operations: "0ab3626044dfa45f1715a337826eb6b72a3a03526972e670902acce6606452ce",
  /** The same for those that are marked as deprecated. */
  deprecated: "0a2cd2f4ed42c7b5e553f807f79d8c398d4980238ecf1725a2440cc5331b5456",
  /** `POST /api/v2/accounts/{}/jobs/ name` for each field of a query or a body, but for deliberate differences. */
  fields: "5ef5e7875475283c05ae6364ebbcf4fa5f250e249b60e4f97d0347fdaacb0d28",
};
