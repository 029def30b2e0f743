/**
 * The sandbox's pages for people: the front page, and a page for each run and job at the address that dbt Cloud has
 * them at. They are plain HTML: they need no script and load nothing. `serve_request.ts` answers with them.
 *
 * @module
 */
import { stripVTControlCharacters } from "node:util";
import type { Reply, Row } from "../protocol/response_format.ts";
import { failureMessage } from "../runs/dbt_log.ts";
import { runFields, stepFields } from "../runs/run_fields.ts";
import { type RunRecord, Status, type StepState } from "../runs/run_store.ts";
import type { World } from "../endpoints/endpoint_request.ts";
import { isDeleted } from "../data/row_store.ts";
import type { Fault } from "../protocol/faults.ts";
import { Html, html } from "./html.ts";
import { badge, clock, page, table } from "./page_layout.ts";
import type { SandboxState } from "./sandbox_state.ts";

/** The page at a path, or undefined where no page is. */
export function findPage(state: SandboxState, { origin, pathname }: URL, now: number): Reply | undefined {
  if (pathname === "/") return page(200, "dbtc sandbox", frontPage(state, origin, now), false);
  const [, account, project, kind, id] = /^\/deploy\/(\d+)\/projects\/(\d+)\/(runs|jobs)\/(\d+)\/?$/.exec(pathname) ??
    [];
  if (id === undefined || state.replay !== undefined) return undefined;
  const place = { account_id: Number(account), project_id: Number(project) };
  return kind === "runs" ? runPage(state, Number(id), place, origin, now) : jobPage(state, id, place, origin, now);
}

/** Where a run or job is. */
interface Place {
  readonly account_id: number;
  readonly project_id: number;
}

const home = html`<p><a href="/">The sandbox’s front page</a></p>`;

// ---- the front page -------------------------------------------------------------------------------------------------

const rights = { all: "read and change everything", run: "read; start, cancel and retry runs", read: "read" };

function frontPage({ faults, log, replay, tokens, world }: SandboxState, origin: string, now: number): Html {
  const jobs = world.store.rows("jobs").filter((job) => !isDeleted(job));
  const requests = log.all().slice(-20).toReversed();
  const settings = [
    `export DBT_CLOUD_HOST=${origin}`,
    `export DBT_CLOUD_SERVICE_TOKEN=${Object.keys(tokens)[0] ?? "sandbox"}`,
    `export DBT_CLOUD_ACCOUNT_ID=${world.store.rows("accounts")[0]?.id ?? 1}`,
  ];
  return html`
    <p>This is a sandbox: dbt Cloud on your own machine. It answers the same API with made-up data, and never contacts
    dbt Cloud or a warehouse.</p>
    <p><a href="/openapi.json">OpenAPI document</a> · <a href="/_sandbox/requests">All requests as JSON</a> ·
    <a href="https://jsr.io/@dbtc/dbtc">dbtc</a> ·
    <a href="https://docs.getdbt.com/docs/dbt-cloud-apis/overview">dbt’s documentation of the API</a></p>

    <h2>Connect a client</h2>
    <pre>${settings.join("\n")}</pre>
    ${replay === undefined
      ? table(
        ["Token", "It may"],
        Object.entries(tokens).map(([token, right]) => [html`<code>${token}</code>`, html`${rights[right]}`]),
      )
      : html`<p>It answers from a recording, and accepts any token.</p>`}

    ${replay === undefined ? jobList(world, jobs, origin, now) : null}

    <h2>Faults</h2>
    ${faults.list().length === 0
      ? html`<p>No fault is on. Turn one on with <code>--fault</code>, or by a request:</p>
<pre>curl ${origin}/_sandbox/faults -d '{"fault":"rate-limit","times":3}'</pre>`
      : table(
        ["Fault", "Requests", "Times left", "Probability", "Seconds"],
        faults.list().map((fault: Fault) => [
          html`<code>${fault.fault}</code>`,
          html`<code>${fault.route ?? "*"}</code>`,
          html`${fault.times ?? "no limit"}`,
          html`${fault.probability ?? 1}`,
          html`${fault.seconds ?? "default"}`,
        ]),
      )}

    <h2>Newest requests</h2>
    ${requests.length === 0 ? html`<p>No request came in yet.</p>` : table(
      ["Time", "Request"],
      requests.map(({ path, query, time, verb }) => [
        clock(Date.parse(time)),
        html`<code>${verb} ${path}${query.length === 0 ? "" : `?${decoded(query)}`}</code>`,
      ]),
    )}
  `;
}

/** A query as people read it. */
function decoded(query: ReadonlyArray<readonly [string, string]>): string {
  return query.map(([name, value]) => `${name}=${value}`).join("&");
}

function jobList(world: World, jobs: ReadonlyArray<Row>, origin: string, now: number): Html {
  const runs = Map.groupBy(
    world.store.rows("accounts").flatMap(({ id }) => world.runs.of(Number(id))),
    ({ job }) => job,
  );
  return html`<h2>Jobs</h2>
${
    jobs.length === 0 ? html`<p>There are no jobs.</p>` : table(
      ["Id", "Job", "Last run", "Earlier runs"],
      jobs.map((job) => {
        const [last, ...before] = (runs.get(Number(job.id)) ?? []).slice(-6).toReversed();
        return [
          html`${String(job.id)}`,
          html`<a href="${jobPath(job)}">${String(job.name)}</a>`,
          last === undefined ? html`none` : runLine(world, last, origin, now),
          html`${
            before.map((run) =>
              html`
                ${runLink(world, run, origin, now)}
              `
            )
          }`,
        ];
      }),
    )
  }`;
}

function runLine(world: World, run: RunRecord, origin: string, now: number): Html {
  const { created_at_humanized, run_duration_humanized } = fieldsOf(world, run, origin, now);
  return html`${runLink(world, run, origin, now)} ${String(created_at_humanized)}, ran ${
    String(run_duration_humanized)
  }`;
}

function runLink(world: World, run: RunRecord, origin: string, now: number): Html {
  const { status, status_humanized } = fieldsOf(world, run, origin, now);
  return html`<a href="${runPath(run)}" title="Run ${run.id}">${badge(Number(status), String(status_humanized))}</a>`;
}

// ---- runs and jobs --------------------------------------------------------------------------------------------------

function runPage({ world }: SandboxState, id: number, place: Place, origin: string, now: number): Reply {
  const run = world.runs.find(id);
  if (run === undefined || run.place.account_id !== place.account_id || run.place.project_id !== place.project_id) {
    return page(404, `There is no run ${id}`, home);
  }
  const fields = fieldsOf(world, run, origin, now);
  const job = world.store.find("jobs", run.job);
  const environment = world.store.find("environments", run.place.environment_id);
  const steps = world.runs.steps(run, now);
  const failed = steps.flatMap(({ status, step }) => isOver(status) ? step.nodes : [])
    .filter(({ status }) => !["success", "pass", "skipped"].includes(status));
  const facts: ReadonlyArray<readonly [string, unknown]> = [
    ["Cause", run.trigger.cause],
    ["Environment", environment?.name],
    ["Branch", fields.git_branch],
    ["Commit", fields.git_sha],
    ["dbt version", fields.dbt_version],
    ["Created", seconds(fields.created_at)],
    ["Started", seconds(fields.started_at)],
    ["Finished", seconds(fields.finished_at)],
    ["Queued for", fields.queued_duration_humanized],
    ["Ran for", fields.run_duration_humanized],
    ["Message", fields.status_message],
  ];
  return page(
    200,
    `Run ${id}`,
    html`
      <p>${badge(Number(fields.status), String(fields.status_humanized))} ${job === undefined
        ? null
        : html`Job <a href="${jobPath(job)}">${String(job.name)}</a>`}</p>
      <dl>${facts.filter(([, value]) => value !== null && value !== undefined)
        .map(([name, value]) =>
          html`
            <div>
              <dt>${name}</dt>
              <dd>${String(value)}</dd>
            </div>
          `
        )}</dl>
      ${failed.length === 0 ? null : html`<h2>Failed nodes</h2>${
        failed.map((node) =>
          html`
            <h3><code>${node.node.id}</code></h3>
            <pre>${failureMessage(run, node)}</pre>
          `
        )
      }`}
      <h2>Steps</h2>
      ${steps.length === 0 ? html`<p>No step has started.</p>` : steps.map((step) => stepBlock(run, step, now))}
      <p>The same as JSON: <code>GET /api/v2/accounts/${place
        .account_id}/runs/${id}/?include_related=["run_steps"]</code></p>
      ${home}
    `,
    fields.in_progress === true,
  );
}

function isOver(status: number): boolean {
  return status === Status.success || status === Status.error;
}

function stepBlock(run: RunRecord, state: StepState, now: number): Html {
  const { duration_humanized, logs, name, status, status_humanized } = stepFields(run, state, now, false);
  // Terminals read the colors of a log; a page does not.
  const text = stripVTControlCharacters(String(logs));
  return html`
    <details${new Html(state.status === Status.error ? " open" : "")}>
      <summary>${state.index}. ${String(name)} ${badge(Number(status), String(status_humanized))} <small>${String(
        duration_humanized,
      )}</small></summary>
      <pre>${text === "" ? "No output." : text}</pre>
      </details>
  `;
}

function jobPage({ world }: SandboxState, id: string, place: Place, origin: string, now: number): Reply {
  const job = world.store.find("jobs", id);
  const isHere = job?.account_id === place.account_id && job.project_id === place.project_id && !isDeleted(job);
  if (job === undefined || !isHere) return page(404, `There is no job ${id}`, home);
  const runs = world.runs.of(place.account_id).filter((run) => String(run.job) === id).slice(-50).toReversed();
  const steps = Array.isArray(job.execute_steps) ? job.execute_steps : [];
  return page(
    200,
    String(job.name),
    html`
      <p>Job ${id} in the environment ${String(world.store.find("environments", job.environment_id)?.name ?? "")}</p>
      <h2>Commands</h2>
      <pre>${steps.join("\n")}</pre>
      <h2>Newest runs</h2>
      ${runs.length === 0 ? html`<p>It has no runs.</p>` : table(
        ["Run", "Status", "Created", "Ran for", "Cause"],
        runs.map((run) => {
          const fields = fieldsOf(world, run, origin, now);
          return [
            html`<a href="${runPath(run)}">${run.id}</a>`,
            badge(Number(fields.status), String(fields.status_humanized)),
            html`${String(fields.created_at_humanized)}`,
            html`${String(fields.run_duration_humanized)}`,
            html`${String(run.trigger.cause ?? "")}`,
          ];
        }),
      )}
      ${home}
    `,
  );
}

function fieldsOf({ runs }: World, run: RunRecord, origin: string, now: number): Row {
  return runFields(run, { runs, now, origin });
}

/** A time of a row without its microseconds, which are always 0 here. */
function seconds(time: unknown): string | undefined {
  return typeof time === "string" ? `${time.slice(0, 19)} UTC` : undefined;
}

function runPath({ id, place }: RunRecord): string {
  return `/deploy/${place.account_id}/projects/${place.project_id}/runs/${id}/`;
}

function jobPath({ account_id, id, project_id }: Row): string {
  return `/deploy/${account_id}/projects/${project_id}/jobs/${id}/`;
}
