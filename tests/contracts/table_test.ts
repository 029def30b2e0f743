/**
 * What must hold of every row of the table.
 *
 * @module
 */
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import * as SchemaAST from "effect/SchemaAST";
import assert from "node:assert/strict";
import { loaders } from "../../lib/groups/group_loaders.ts";
import * as graphql from "../../lib/groups/graphql_groups.ts";
import * as api from "../../lib/groups/mod.ts";
import { kindOfField } from "../../lib/groups/id_fields.ts";
import { bodyFields, fieldOf, pathNames, place, writable } from "../../lib/request.ts";
import { columnsOf, descriptionOf } from "../../lib/schema.ts";
import { type AnyCall, type AnyRequest, pythonNames } from "../../lib/groups/table_entry.ts";
import { table } from "../../lib/groups/table.ts";
import { groupExports, groupLoaders, namedThings, versionFile } from "../../tools/generate.ts";
import { damaged, type Json } from "../support/damage.ts";
import { sourceFiles } from "../support/source_files.ts";

/** A row that has a route. */
type Routed = Extract<AnyCall, { readonly route: string }>;

const calls: ReadonlyArray<AnyCall> = table.map((row) => row.call);
const routed: ReadonlyArray<Routed> = calls.filter((call) => "route" in call);

/** The members that a model may require. All else has been seen to be absent or null, somewhere, some day. */
const alwaysThere = new Set(["id", "data"]);
/** The members that dbt's GraphQL schemas never answer with null. */
const notNull = new Set(["name", "items", "whereSqlTemplate", "uniqueId", "__typename"]);

// ---- samples --------------------------------------------------------------------------------------------------------

/** A value with every member that a schema names; each model stands in it once. */
function sample(ast: SchemaAST.AST, seen: Set<SchemaAST.AST> = new Set()): Json {
  if (SchemaAST.isSuspend(ast)) return sample(ast.thunk(), seen);
  // Of the types of a GraphQL union, the one for all others.
  if (SchemaAST.isUnion(ast)) return sample(ast.types.find(isAnyNode) ?? ast.types[0] ?? SchemaAST.unknown, seen);
  if (SchemaAST.isString(ast)) return "text";
  if (SchemaAST.isNumber(ast)) return 1;
  if (SchemaAST.isBoolean(ast)) return true;
  if (SchemaAST.isLiteral(ast) && typeof ast.literal !== "bigint") return ast.literal;
  if (SchemaAST.isArrays(ast)) return ast.rest.map((item) => sample(item, seen)).filter((item) => item !== null);
  if (SchemaAST.isObjects(ast)) {
    if (seen.has(ast)) return null;
    seen.add(ast);
    return Object.fromEntries([
      ...ast.propertySignatures.map(({ name, type }) => [name, sample(type, seen)]),
      ...ast.indexSignatures.map(({ type }) => ["any", sample(type, seen)]),
    ]);
  }
  assert(SchemaAST.isUnknown(ast), `no sample of ${ast._tag}`);
  return { anything: ["goes"] };
}

/** Whether a type of a union is that of any `__typename`. */
function isAnyNode(ast: SchemaAST.AST): boolean {
  const members = SchemaAST.isObjects(ast) ? ast.propertySignatures : [];
  return members.some(({ name, type }) => name === "__typename" && SchemaAST.isString(type));
}

/** What an answer is, or what its rows are. */
function rowOf(ast: SchemaAST.AST): SchemaAST.AST {
  if (SchemaAST.isSuspend(ast)) return rowOf(ast.thunk());
  const members = SchemaAST.isObjects(ast) ? ast.propertySignatures : [];
  const data = members.find(({ name }) => name === "data")?.type;
  return data !== undefined && SchemaAST.isArrays(data) ? rowOf(data.rest[0] ?? SchemaAST.unknown) : ast;
}

// ---- sources --------------------------------------------------------------------------------------------------------

function read(path: string): Promise<string> {
  return Deno.readTextFile(new URL(`../../${path}`, import.meta.url));
}

/** The first sentence of the comment above a row's constant. */
async function firstSentence(name: string): Promise<string> {
  const [group = "", verb = ""] = name.split(".");
  const file = group.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  // A workflow is in `lib/groups`, an endpoint in `lib/api`, and a query in a folder of its API.
  const paths = [
    ...await filesWith(`"${name}"`, "lib/groups/"),
    ...[`lib/api/${file}.ts`].filter((path) => sourceFiles.includes(path)),
    ...group === "sl" ? sourceFiles.filter((path) => path.startsWith("lib/semantic_layer/")) : [],
    ...await filesWith(`"${name}"`, "lib/discovery/"),
  ];
  // Reserved words are exported under another name.
  const constant = `const ${{ delete: "del", export: "exportJobs" }[verb] ?? verb}:`;
  const definition = new RegExp(`(?:/\\*\\*((?:(?!\\*/)[^])*)\\*/\\n)?^(?:export )?${constant}`, "m");
  for (const path of paths) {
    const found = definition.exec(await read(path));
    if (found === null) continue;
    const comment = found[1]?.replaceAll(/\n \* ?/g, " ").trim() ?? "";
    return /^.*?\.(?= |$)/.exec(comment)?.[0] ?? `write one above "${constant}" in ${path}`;
  }
  return `"${constant}" is neither in ${paths.join(" nor in ")}`;
}

/** The files of a folder that have a text: the queries of a group may be in several files. */
async function filesWith(text: string, folder: string): Promise<ReadonlyArray<string>> {
  const paths = sourceFiles.filter((path) => path.startsWith(folder));
  const texts = await Promise.all(paths.map(read));
  return paths.filter((_, index) => texts[index]?.includes(text));
}

// ---- tests ----------------------------------------------------------------------------------------------------------

Deno.test("table names every row after its group and verb", () => {
  const names = [...Object.entries(api), ...Object.entries(graphql)].flatMap(([group, members]) =>
    Object.entries<unknown>(members).filter(([, member]) => calls.some((call) => call === member))
      .map(([verb]) => `${group}.${verb}`)
  ).toSorted();
  assert.deepEqual(calls.map((call) => call.name), names);
  assert.deepEqual(
    table.map(({ group, verb }) => `${group} ${verb}`),
    names.map((name) => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replace(".", " ")),
  );
  assert(names.includes("jobs.delete") && names.includes("runs.getFailureDetails"));
});

Deno.test("mod.ts exports every group, with its workflows", async () => {
  const mod = await read("lib/groups/mod.ts");
  const lines = sourceFiles.filter((file) => file.startsWith("lib/api/")).map((file) => {
    const name = file.slice("lib/api/".length);
    const group = name.replace(".ts", "").replaceAll(/_[a-z]/g, (letter) => letter.slice(1).toUpperCase());
    // A group may have workflows in a second file, which is an entry point of its own.
    const own = [`all_${name}`, name].find((file) => sourceFiles.includes(`lib/groups/${file}`));
    const path = own === undefined ? `../api/${name}` : `./${own}`;
    return `export * as ${group} from "${path}";`;
  });
  assert.deepEqual(lines.filter((line) => !mod.includes(`${line}\n`)), [], "add these lines to lib/groups/mod.ts");
});

Deno.test("group_loaders.ts loads the groups of mod.ts: deno task generate", async () => {
  const files = await Promise.all(["mod.ts", "graphql_groups.ts"].map((file) => read(`lib/groups/${file}`)));
  const written = groupLoaders(files.join("\n"), await read("lib/discovery/mod.ts"));
  assert.equal(await read("lib/groups/group_loaders.ts"), written, "run deno task generate");
});

Deno.test("deno.json has an entry point for each group of mod.ts: deno task generate", async () => {
  const config = await read("deno.json");
  assert.equal(groupExports(config, await read("lib/groups/mod.ts")), config, "run deno task generate");
});

Deno.test("version.ts has the version of deno.json: deno task generate", async () => {
  assert.equal(await read("lib/version.ts"), versionFile(await read("deno.json")), "run deno task generate");
});

Deno.test("named_things.ts has every group whose list has names: deno task generate", async () => {
  // `deno fmt` breaks lines as it likes, and adds commas at their ends.
  const plain = (text: string) => text.replaceAll(/\s+/g, "").replaceAll(/,(?=[}\]])/g, "");
  assert.equal(plain(await read("lib/groups/named_things.ts")), plain(namedThings()), "run deno task generate");
});

Deno.test("every id that a request asks for is one that a name or a URL can stand for, or has a reason", () => {
  const elsewhere = /^(azure|github|gitlab|git_provider|non_native|slack|deploy_key|client_id|repository_credentials)/;
  const nameless = [
    "adapter_id",
    "collection_id", // of a BI tool
    "created_by_id",
    "credentials_id",
    "desired_dbt_project_id",
    "env_var_id", // listed as a grid, by `env-vars`
    "event_id",
    "export_id",
    "extended_attributes_id",
    "license_map_id",
    "notification_id",
    "permission_id",
    "receipt_id",
    "rule_set_id",
    "semantic_layer_config_id",
    "service_token_mapping_id",
    "setting_id",
    "sl_config_id",
    "ssh_tunnel_id",
    "step_id",
    "token_id",
    "user_credentials_id",
    // Of jobs as code, and no ids: dbt-jobs-as-code calls its flags so.
    "include_linked_id",
    "use_desc_for_id",
  ];
  const ids = [...new Set(table.flatMap(({ call }) => Object.keys(call.request)))].filter((name) =>
    /_ids?$/.test(name)
  );
  const without = ids.filter((name) => kindOfField(name) === undefined && !elsewhere.test(name));
  assert.deepEqual(
    without.filter((name) => !nameless.includes(name)),
    [],
    "add them to lib/groups/id_fields.ts, or here",
  );
});

Deno.test("every group has a line of help, of 70 characters at most", () => {
  assert.deepEqual(Object.keys(loaders).toSorted(), Object.keys({ ...api, ...graphql }).toSorted());
  const wrong = Object.values(loaders).map(({ description }) => description)
    .filter((line) => !/^[A-Z].{0,69}$/.test(line) || line.endsWith("."));
  assert.deepEqual(wrong, []);
});

Deno.test("table has no route twice", () => {
  const routes = routed.map((call) => call.route.replaceAll(/:[a-z_]+/g, ":"));
  assert.deepEqual(routes.filter((route, index) => routes.indexOf(route) !== index), []);
});

Deno.test("table has no method of Python dbtc twice", () => {
  const methods = calls.flatMap(pythonNames);
  // Its clients of both GraphQL APIs have a `query`.
  assert.deepEqual(methods.filter((method, index) => methods.indexOf(method) !== index), ["query"]);
});

Deno.test("table names a row that is there and current where one is deprecated", () => {
  const current = table.filter(({ call }) => call.deprecated === undefined).map(({ group, verb }) =>
    `${group} ${verb}`
  );
  const named = calls.flatMap((call) => call.deprecated === undefined ? [] : [call.deprecated]);
  assert.deepEqual(named.filter((name) => !current.includes(name)), []);
});

Deno.test("route names fields of the request, and each thing by its own name", () => {
  const wrong = routed.flatMap((call) =>
    pathNames(call.route).filter((name) => name === "id" || fieldOf(call, name) === undefined)
      .map((name) => `${call.name} ${name}`)
  );
  assert.deepEqual(wrong, []);
});

Deno.test("every field of every request has a line of help", () => {
  const wrong = calls.flatMap((call) =>
    Object.keys(call.request).flatMap((name) => {
      const description = descriptionOf(fieldOf(call, name) ?? Schema.Unknown) ?? "";
      return /^[A-Z].*[^.]$/.test(description) ? [] : [`${call.name} ${name}: "${description}"`];
    })
  );
  assert.deepEqual(wrong, []);
});

Deno.test("help says the default in parentheses, and uses plain words", () => {
  const obscure =
    /when absent|as is done|whom|becomes? of|takes? up|there is none|letter for letter|in any case|is there/i;
  const lines = calls.flatMap((call) => [
    call.summary,
    ...Object.keys(call.request).map((name) => descriptionOf(fieldOf(call, name) ?? Schema.Unknown) ?? ""),
  ]);
  assert.deepEqual(lines.filter((line) => obscure.test(line)), []);
});

Deno.test("summary is the first sentence of the constant's comment, without its period", async () => {
  const all = await Promise.all(
    calls.map(async ({ name, summary }) => ({ name, summary, comment: await firstSentence(name) })),
  );
  const wrong = all.filter(({ comment, summary }) => comment !== `${summary}.`);
  assert.deepEqual(wrong, [], "make summary and comment say the same");
});

Deno.test("summary says one thing within its group", () => {
  const said = table.map(({ group, call }) => `${group}: ${call.summary}`);
  assert.deepEqual(said.filter((summary, index) => said.indexOf(summary) !== index), []);
});

Deno.test("payload, query and repeats name fields of the request", () => {
  const wrong = routed.flatMap((call) =>
    [call.payload, ...call.query ?? [], ...Object.values(call.repeats ?? {})]
      .filter((name) => name !== undefined && fieldOf(call, name) === undefined)
      .map((name) => `${call.name} ${name}`)
  );
  assert.deepEqual(wrong, []);
});

Deno.test("replaces marks writes only", () => {
  const wrong = routed.filter((call) => call.replaces === true && !/^(POST|PUT) /.test(call.route));
  assert.deepEqual(wrong.map((call) => call.name), []);
});

Deno.test("request with every field is placed, each field once, a secret as the text that it is", () => {
  for (const call of routed) {
    // Bodies in their wire form: a secret is text there.
    const body = new Set(bodyFields(call));
    const request = Object.fromEntries(
      Object.keys(call.request).map((name) => {
        const ast = fieldOf(call, name)?.ast ?? SchemaAST.unknown;
        return [name, sample(body.has(name) ? SchemaAST.toEncoded(ast) : ast)];
      }),
    );
    const placed = Result.getOrThrow(place(call, request, {}, "wire"));
    const typed = Object.entries(request).map(([name, value]) => [
      name,
      body.has(name) ? Schema.decodeUnknownSync(fieldOf(call, name) ?? Schema.Unknown)(value) : value,
    ]);
    assert.deepEqual(Result.getOrThrow(place<AnyRequest>(call, Object.fromEntries(typed))), placed, call.name);
    const names = pathNames(call.route);
    const inPath = new URL(placed.path, "https://host").pathname.split("/").filter((part) => /^(1|text)$/.test(part));
    assert.equal(inPath.length, names.length, call.name);
    const inBody = call.payload !== undefined
      ? [call.payload]
      : typeof placed.body === "object" && placed.body !== null
      ? Object.keys(placed.body)
      : [];
    if (call.payload !== undefined) assert.deepEqual(placed.body, request[call.payload], call.name);
    assert.deepEqual(
      [...names, ...placed.query.map(([name]) => name), ...inBody].toSorted(),
      [...Object.keys(call.request), ...Object.keys(call.repeats ?? {})].toSorted(),
      call.name,
    );
    assert.deepEqual(inBody.length > 0, bodyFields(call).length > 0 || call.repeats !== undefined, call.name);
  }
});

/** One call for each thing that is answered. */
const answers = new Map(calls.flatMap((call) => {
  if (call.kind !== "endpoint" && call.kind !== "query") return [];
  const schema = call.kind === "query" ? call.answer : call.success.schema;
  return [[rowOf(schema.ast), { name: call.name, schema, isQuery: call.kind === "query" }] as const];
}));

for (const { isQuery, name, schema } of answers.values()) {
  Deno.test(`${name} accepts its answer with any member lacking, null, unknown or changed`, () => {
    const whole = sample(schema.ast);
    const is = Schema.is(schema);
    assert(is(whole));
    assert.deepEqual([...damaged(whole, isQuery ? notNull : alwaysThere)].filter((value) => !is(value)), []);
  });
}

Deno.test("every model has the columns of a table, eight at most", () => {
  const wrong = [...answers].filter(([ast, { isQuery, schema }]) => {
    // One node with all that is around it is no row of a list.
    if (isQuery && !SchemaAST.isArrays(schema.ast)) return false;
    const count = columnsOf(ast)?.length ?? 0;
    // What has no members of its own is a map: its columns are its keys.
    return SchemaAST.isObjects(ast) && ast.propertySignatures.length > 0 && (count < 1 || count > 8);
  });
  assert.deepEqual(wrong.map(([, call]) => call.name), []);
});

Deno.test("nothing within an answer or a row is required: only the thing that was asked for has an id", () => {
  const required = new Set<string>();
  const walk = (ast: SchemaAST.AST, depth: number, path: string, above: ReadonlyArray<SchemaAST.AST>): void => {
    if (above.includes(ast)) return;
    const below = [...above, ast];
    if (SchemaAST.isSuspend(ast)) return walk(ast.thunk(), depth, path, below);
    if (SchemaAST.isUnion(ast)) return ast.types.forEach((type) => walk(type, depth, path, below));
    if (SchemaAST.isArrays(ast)) return ast.rest.forEach((item) => walk(item, depth, `${path}[]`, below));
    if (!SchemaAST.isObjects(ast)) return;
    for (const { name, type } of ast.propertySignatures) {
      const at = `${path}.${String(name)}`;
      if (depth > 0 && !SchemaAST.isOptional(type)) required.add(at);
      walk(type, depth + 1, at, below);
    }
  };
  for (const call of calls) {
    if (call.kind !== "endpoint") continue;
    const { from, schema } = call.success;
    // The rows of a page are what was asked for; SCIM has them in `Resources`.
    walk(schema.ast, from === "page" || call.name.startsWith("scim.list") ? -1 : 0, call.name, []);
  }
  assert.deepEqual([...required], []);
});

Deno.test("the fields that dbt Cloud refuses are sent for jobs only where the user names them, to create and to update", () => {
  const job = {
    id: 5,
    name: "CI",
    job_type: "ci",
    force_node_selection: false,
    cost_optimization_features: ["state_aware_orchestration"],
    triggers: { github_webhook: true, custom_branch_only: null },
  };
  const { cost_optimization_features: features, force_node_selection: forced, ...rest } = job;
  const { id: _, ...named } = { ...rest, triggers: { github_webhook: true } };
  type Thing = Readonly<Record<string, unknown>>;
  const calls = [
    (thing: Thing, named?: Thing) => writable(api.jobs.create, thing, named),
    (thing: Thing, named?: Thing) => writable(api.jobs.update, thing, named),
  ];
  for (const sent of calls) {
    for (const value of [true, false, null]) {
      assert.deepEqual(sent({ ...job, force_node_selection: value }), named);
    }
    for (const features of [[], ["dbt_state"]]) {
      const kept = sent({ ...job, cost_optimization_features: features });
      assert.deepEqual(kept, { ...named, cost_optimization_features: features });
    }
    const scheduled = { ...job, job_type: "scheduled" };
    const { cost_optimization_features } = sent(scheduled);
    assert.deepEqual(cost_optimization_features, features);
    // On other jobs the stored list would win over what the user asks for.
    const asked = sent({ ...scheduled, force_node_selection: true }, { force_node_selection: true });
    assert.deepEqual(asked, { ...named, job_type: "scheduled", force_node_selection: true });
    const all = { cost_optimization_features: features, force_node_selection: forced, triggers: job.triggers };
    assert.deepEqual(sent(job, all), { ...named, ...all });
    // A request that was not read is the user's own.
    const { id: _id, ...own } = job;
    assert.deepEqual(sent(own), own);
  }
});
