/**
 * One spelling for every command line: values behind `=`, the last of a flag that is given again, booleans.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import { spell } from "../../../lib/cli/input/argv.ts";
import type { Spelling } from "../../../lib/cli/input/flag_types.ts";
import * as sandbox from "../../../lib/sandbox/mod.ts";
import { command } from "../../support/command.ts";

const flags: ReadonlyArray<Spelling> = [
  { name: "name", short: "n", takes: "one" },
  { name: "wait", takes: "boolean" },
  { name: "step", short: "s", takes: "many" },
  { name: "job-id", short: "j", takes: "one" },
];

const cases: Readonly<Record<string, readonly [typed: string, spelled: string]>> = {
  "a value in the next word": ["--name a", "--name=a"],
  "a value that looks like a flag": ["--name -id", "--name=-id"],
  "a value that is a dash": ["--name -", "--name=-"],
  "an empty value": ["--name=", "--name="],
  "a value with an equals sign": ["--name=a=b", "--name=a=b"],
  "a flag without its value": ["--name --wait", "--wait=true --name"],
  "a flag without its value before an argument": ["--name --wait 5 --wait", "5 --wait=true --name"],
  "a letter with an empty value": ["-n= x", "--name= x"],
  "a flag named as a member of every object": ["--toString x --constructor", "--toString x --constructor"],
  "a letter with its value apart": ["-n a", "--name=a"],
  "a letter with its value attached": ["-na -n=b", "--name=b"],
  "underscores": ["--job_id 1", "--job-id=1"],
  "Python dbtc's name of a flag": ["--job-definition-id 1 --should-poll", "--job-id=1 --wait=true"],
  "a flag that is given again": ["--name a x --name b", "x --name=b"],
  "a flag that is given again by its letter": ["--name a -n b -nc", "--name=c"],
  "a flag that is given again without a value": ["--name a --name", "--name"],
  "a boolean and its opposite": ["--wait --no-wait", "--wait=false"],
  "the opposite and a boolean": ["--no-wait --wait", "--wait=true"],
  "a boolean with its value": ["--wait=no --wait false", "--wait=false"],
  "a boolean and an argument": ["--wait 1 --no-wait 2", "1 --wait=false 2"],
  "the opposite of a value": ["--no-wait=true", "--wait=false"],
  "the opposite of no": ["--no-wait=no", "--wait=true"],
  "the opposite of a wrong value": ["--no-wait=maybe", "--wait=maybe"],
  "a flag with many values": ["--step a -s b --step=c -sd", "--step=a --step=b --step=c --step=d"],
  "flags in their order": ["--step a --name x --step b --name y", "--step=a --step=b --name=y"],
  "what follows two dashes": ["--name a -- --name b --no-wait -n c --", "--name=a -- --name b --no-wait -n c --"],
  "a flag as the last word before two dashes": ["--name a --name -- b", "--name -- b"],
  "an unknown flag": ["--bogus 1 -x --no-name", "--bogus 1 -x --no-name"],
  "an unknown flag that is given again": ["--bogus 1 --bogus 2", "--bogus 1 --bogus 2"],
};

for (const [name, [typed, spelled]] of Object.entries(cases)) {
  Deno.test(`spell rewrites ${name}`, () => {
    assert.deepEqual(spell(typed.split(" "), flags), spelled.split(" "));
  });
}

Deno.test("spell leaves letters of booleans together, for effect/cli to read", () => {
  const help: ReadonlyArray<Spelling> = [{ name: "help", short: "h", takes: "boolean" }];
  assert.deepEqual(spell(["-hv"], help), ["-hv"]);
  assert.deepEqual(spell(["-h", "-h"], help), ["--help=true"]);
});

/** The request that a command line would send. */
async function request(argv: string): Promise<string> {
  const { code, stdout } = await Effect.runPromise(
    Effect.provide(command([...argv.split(" "), "--dry-run"]), sandbox.layer()),
  );
  assert.equal(code, 0);
  return stdout;
}

const repeated: Readonly<Record<string, readonly [argv: string, same: string]>> = {
  "a filter": ["runs list --job-id 1 --job-id 2", "runs list --job-id 2"],
  "a letter": ["runs list -j 1 --job-id=2 -j3", "runs list -j 3"],
  "a payload": ['projects create -d {} --payload {} -d {"name":"x"}', 'projects create -d {"name":"x"}'],
  "a boolean": ["jobs update 1 --generate-docs --no-generate-docs", "jobs update 1 --no-generate-docs"],
  "a boolean of a program": ["jobs trigger 1 --cause a --tag --no-tag", "jobs trigger 1 --cause a --no-tag"],
  "a global flag": ["--format csv jobs list --yes --format json --no-yes", "jobs list"],
  "a list, by commas or one by one": [
    "runs list --status error --status 1,queued",
    "runs list --status error,1,queued",
  ],
};

for (const [name, [argv, same]] of Object.entries(repeated)) {
  Deno.test(`a flag that is given again: ${name}`, async () => {
    assert.equal(await request(argv), await request(same));
  });
}

Deno.test("a list keeps the order in which its values are given", async () => {
  assert.match(await request("runs list --status running --status queued,error"), /status__in=%5B3%2C1%2C20%5D/);
  const body = await request("jobs trigger 1 --no-tag --steps-override b,c --steps-override a");
  assert.deepEqual(JSON.parse(body.split("\n\n")[1] ?? "").steps_override, ["b,c", "a"]);
});
