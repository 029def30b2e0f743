/**
 * SCIM as an identity provider uses it: users, groups, filters, pages, patches and errors (RFC 7644).
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import { readFilter } from "../../lib/sandbox/protocol/scim_filter.ts";
import { test, v2, v3 } from "../support/sandbox_fixture.ts";

const scim = `${v3}/scim/v2`;
const extension = "urn:ietf:params:scim:schemas:extension:dbtLabs:2.0:User";
const message = "urn:ietf:params:scim:api:messages:2.0";

const linus = {
  schemas: ["urn:ietf:params:scim:schemas:core:2.0:User", extension],
  externalId: "okta-1",
  userName: "linus@jaffleshop.example",
  active: true,
  name: { givenName: "Linus", familyName: "Pancake" },
  emails: [{ value: "linus@jaffleshop.example", primary: true, type: "work" }],
};

test(
  "creates, changes and removes a user that the other endpoints see",
  Effect.fnUntraced(function* ({ ask, data }) {
    const created = yield* ask(`POST ${scim}/Users`, linus);
    const { id, meta } = created.body;
    assert.deepEqual(
      [created.status, created.headers["content-type"], created.headers.location],
      [201, "application/scim+json", `/scim/v2/Users/${id}`],
    );
    assert.deepEqual([created.body.userName, created.body[extension], meta.resourceType], [
      linus.userName,
      { licenseType: "developer" },
      "User",
    ]);
    const seen = yield* data(`GET ${v2}/users/${id}/`);
    assert.deepEqual([seen.email, seen.permissions[0].license_type], [linus.userName, "developer"]);
    const replaced = yield* ask(`PUT ${scim}/Users/${id}`, { ...linus, [extension]: { licenseType: "read_only" } });
    assert.equal(replaced.body[extension].licenseType, "read_only");
    // Entra ID writes operations with a capital, and booleans as text.
    const patched = yield* ask(`PATCH ${scim}/Users/${id}`, {
      schemas: [`${message}:PatchOp`],
      Operations: [
        { op: "Replace", path: "name.familyName", value: "Crepe" },
        { op: "Replace", path: 'emails[type eq "work"].value', value: "crepe@jaffleshop.example" },
        { op: "Add", path: `${extension}:licenseType`, value: "it" },
        { op: "Replace", path: "active", value: "False" },
      ],
    });
    assert.deepEqual(
      [
        patched.status,
        patched.body.name.familyName,
        patched.body.emails[0].value,
        patched.body[extension],
        patched.body.active,
      ],
      [200, "Crepe", "crepe@jaffleshop.example", { licenseType: "it" }, false],
    );
    const back = yield* ask(`PATCH ${scim}/Users/${id}`, {
      schemas: [`${message}:PatchOp`],
      Operations: [{ op: "replace", value: { active: true, "name.givenName": "Lin" } }],
    });
    assert.deepEqual([back.body.active, back.body.name], [true, { givenName: "Lin", familyName: "Crepe" }]);
    const removed = yield* ask(`DELETE ${scim}/Users/${id}`);
    assert.deepEqual([removed.status, removed.body], [204, ""]);
    assert.equal((yield* ask(`GET ${scim}/Users/${id}`)).status, 404);
  }),
);

test(
  "creates a group, changes who is in it, and deletes it",
  Effect.fnUntraced(function* ({ ask, data }) {
    const created = yield* ask(`POST ${scim}/Groups`, {
      schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"],
      displayName: "Analysts",
      externalId: "g-1",
      members: [{ value: "2" }],
    });
    const { id, members } = created.body;
    assert.deepEqual([created.status, members], [201, [{ value: "2", display: "grace@jaffleshop.example" }]]);
    const group = yield* data(`GET ${v3}/groups/${id}/`);
    assert.deepEqual([group.name, group.member_count, group.scim_managed], ["Analysts", 1, true]);
    const patch = (...Operations: ReadonlyArray<unknown>) =>
      Effect.map(ask(`PATCH ${scim}/Groups/${id}`, { Operations }), ({ body }) => body);
    const ids = ({ members }: { members: ReadonlyArray<{ value: string }> }) => members.map(({ value }) => value);
    assert.deepEqual(ids(yield* patch({ op: "add", path: "members", value: [{ value: "1" }, { value: "2" }] })), [
      "1",
      "2",
    ]);
    assert.deepEqual(ids(yield* patch({ op: "remove", path: 'members[value eq "2"]' })), ["1"]);
    assert.deepEqual(ids(yield* patch({ op: "add", path: "members", value: { value: "2" } })), ["1", "2"]);
    assert.deepEqual(ids(yield* patch({ op: "Remove", path: "members", value: [{ value: "1" }] })), ["2"]);
    assert.deepEqual(ids(yield* patch({ op: "replace", path: "members", value: [] })), []);
    assert.equal((yield* patch({ op: "replace", value: { displayName: "All" } })).displayName, "All");
    const user = yield* ask(`GET ${scim}/Users/1`);
    assert.deepEqual(user.body.groups.map(({ display }: { display: string }) => display), ["Owner", "Everyone"]);
    assert.equal((yield* ask(`DELETE ${scim}/Groups/${id}`)).status, 204);
    assert.equal((yield* ask(`GET ${v3}/groups/${id}/`)).status, 404);
  }),
);

test(
  "filters and pages users and groups",
  Effect.fnUntraced(function* ({ ask }) {
    const found = (kind: string, query: string) =>
      Effect.map(ask(`GET ${scim}/${kind}?${query}`), ({ body }) => [
        body.totalResults,
        body.startIndex,
        body.itemsPerPage,
        body.Resources.map(({ id }: { id: string }) => id),
      ]);
    const filter = (text: string) => `filter=${encodeURIComponent(text)}`;
    const cases: ReadonlyArray<readonly [string, string, ReadonlyArray<unknown>]> = [
      ["Users", "", [2, 1, 2, ["1", "2"]]],
      ["Users", "startIndex=2&count=1", [2, 2, 1, ["2"]]],
      ["Users", "startIndex=0&count=0", [2, 1, 0, []]],
      ["Users", "startIndex=9", [2, 9, 0, []]],
      ["Users", filter('userName eq "ADA@jaffleshop.example"'), [1, 1, 1, ["1"]]],
      ["Users", filter('emails[type eq "work" and value sw "grace"]'), [1, 1, 1, ["2"]]],
      ["Groups", filter('displayName eq "Owner"'), [1, 1, 1, ["1"]]],
      ["Groups", filter('displayName eq "Nobody"'), [0, 1, 0, []]],
      ["Groups", filter('members.value eq "2"'), [1, 1, 1, ["2"]]],
    ];
    for (const [kind, query, expected] of cases) assert.deepEqual(yield* found(kind, query), expected, query);
    const { body, headers } = yield* ask(`GET ${scim}/Groups?excludedAttributes=members`);
    assert.equal(headers["content-type"], "application/scim+json");
    assert.deepEqual(body.schemas, [`${message}:ListResponse`]);
    assert.deepEqual(Object.keys(body.Resources[0]), ["schemas", "id", "displayName", "meta"]);
  }),
);

test(
  "refuses as RFC 7644 says",
  Effect.fnUntraced(function* ({ ask }) {
    const patch = (operation: unknown) => ({ schemas: [], Operations: [operation] });
    const cases: ReadonlyArray<readonly [string, unknown, number, string | undefined]> = [
      [`GET ${scim}/Users/99`, undefined, 404, undefined],
      [`GET ${scim}/Schemas/urn:nothing`, undefined, 404, undefined],
      [`POST ${scim}/Users`, { ...linus, userName: "ada@jaffleshop.example" }, 409, "uniqueness"],
      [`POST ${scim}/Groups`, { schemas: [], displayName: "Owner" }, 409, "uniqueness"],
      [`POST ${scim}/Groups`, { schemas: [], displayName: "New", members: [{ value: "99" }] }, 400, "invalidValue"],
      [`POST ${scim}/Users`, { schemas: [] }, 400, "invalidValue"],
      [`GET ${scim}/Users?filter=userName`, undefined, 400, "invalidFilter"],
      [`GET ${scim}/Users?filter=${encodeURIComponent("userName eq")}`, undefined, 400, "invalidFilter"],
      [`PATCH ${scim}/Users/1`, patch({ op: "move", path: "active", value: 1 }), 400, "invalidSyntax"],
      [`PATCH ${scim}/Users/1`, patch({ op: "replace", path: "id", value: "7" }), 400, "mutability"],
      [`PATCH ${scim}/Users/1`, patch({ op: "remove" }), 400, "noTarget"],
      [`PATCH ${scim}/Users/1`, patch({ op: "add", path: "__proto__.x", value: 1 }), 400, "invalidPath"],
      [
        `PATCH ${scim}/Users/1`,
        patch({ op: "replace", path: 'emails[type eq "home"].value', value: "x" }),
        400,
        "noTarget",
      ],
    ];
    for (const [request, body, status, scimType] of cases) {
      const answer = yield* ask(request, body);
      const { schemas, detail, ...rest } = answer.body;
      assert.deepEqual([request, answer.status, schemas, rest], [request, status, [`${message}:Error`], {
        status: String(status),
        ...scimType === undefined ? {} : { scimType },
      }]);
      assert.equal(answer.headers["content-type"], "application/scim+json");
      assert.equal(typeof detail, "string");
    }
  }),
);

test(
  "says what SCIM can do, and keeps its settings and tokens",
  Effect.fnUntraced(function* ({ ask, data }) {
    const config = (yield* ask(`GET ${scim}/ServiceProviderConfig`)).body;
    assert.deepEqual([config.patch.supported, config.bulk.supported, config.filter.supported], [true, false, true]);
    const types = (yield* ask(`GET ${scim}/ResourceTypes`)).body;
    assert.deepEqual(types.Resources.map(({ endpoint }: { endpoint: string }) => endpoint), ["/Users", "/Groups"]);
    const schema = yield* ask(`GET ${scim}/Schemas/${encodeURIComponent(extension)}`);
    assert.deepEqual([schema.status, schema.body.id], [200, extension]);
    const settings = { enabled: true, manual_updates_allowed: false, scim_controlled_license_type: true };
    assert.deepEqual(yield* data(`POST ${v3}/scim-config/`, settings), settings);
    assert.deepEqual(yield* data(`GET ${v3}/scim-config/`), settings);
    const token = yield* data(`POST ${v3}/scim-config/tokens/`, { name: "Okta" });
    assert.match(token.token_string, /^dbts_/);
    assert.equal((yield* data(`GET ${v3}/scim-config/tokens/${token.id}/`)).token_string, null);
    assert.equal((yield* data(`GET ${v3}/scim-config/tokens/`)).length, 2);
    yield* ask(`DELETE ${v3}/scim-config/tokens/${token.id}/`);
    assert.equal((yield* ask(`GET ${v3}/scim-config/tokens/${token.id}/`)).status, 404);
  }),
);

Deno.test("a SCIM filter compares as RFC 7644 says", () => {
  const user = {
    id: "A1",
    userName: "Ada",
    active: true,
    age: 36,
    name: { givenName: "Ada" },
    emails: [{ type: "work", value: "a@b.c" }, { type: "home", value: "d@e.f" }],
    [extension]: { licenseType: "it" },
  };
  const cases: Readonly<Record<string, boolean>> = {
    'userName eq "ada"': true,
    'USERNAME EQ "ADA"': true,
    'id eq "a1"': false,
    'userName ne "ada"': false,
    'missing ne "ada"': true,
    'missing eq "ada"': false,
    'userName co "D"': true,
    'userName sw "ad" and userName ew "da"': true,
    "active eq true": true,
    "age gt 35 and age le 36": true,
    "age lt 36 or age ge 37": false,
    "missing pr": false,
    "name pr": true,
    'not (name.givenName eq "Ada")': false,
    'emails eq "d@e.f"': true,
    'emails[type eq "work" and value co "@e"]': false,
    'emails[type eq "work"] and (active eq false or userName pr)': true,
    [`${extension}:licenseType eq "it"`]: true,
    'urn:ietf:params:scim:schemas:core:2.0:User:userName eq "Ada"': true,
    'userName eq "with \\"quotes\\" (and) [brackets]"': false,
  };
  for (const [filter, expected] of Object.entries(cases)) assert.equal(readFilter(filter)(user), expected, filter);
});
