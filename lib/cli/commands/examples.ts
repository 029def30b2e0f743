/**
 * The examples in the help of commands, by the endpoint's name. `endpoint_command.ts` adds them to the commands of the
 * table, the other commands name theirs.
 *
 * @module
 */
import * as Command from "effect/cli/Command";
import type { AnyCommand } from "./command_types.ts";

/** A command line, and what it is for. */
export interface Example {
  /** The command line, as it is typed into a shell. */
  readonly command: string;
  /** What it is for. */
  readonly description: string;
}

function example(command: string, description: string): Example {
  return { command: `dbtc ${command}`, description };
}

/** The examples of each command: at the name of its endpoint, or at the name of a command that has none. */
export const examples: Readonly<Record<string, readonly [Example, Example]>> = {
  "accounts.whoami": [
    example("whoami", "Show the user of the token and its account"),
    example("whoami --format json", "The same as JSON"),
  ],
  "discovery.lineage": [
    example("lineage +customers+", "List what the model customers needs, and what needs it"),
    example("lineage tag:nightly --types Model", "List the models with a tag"),
  ],
  "discovery.search": [
    example(
      "search payment --resource-types Model",
      "Find the models with a word in name, code, columns or description",
    ),
    example("search amount --search-fields column --format json", "Find a column, as JSON"),
  ],
  "envVars.diff": [
    example("env-vars diff production development", "Show which variables differ between two environments"),
    example("env-vars diff production development --format markdown", "The same as a table in Markdown"),
  ],
  "envVars.list": [
    example("env-vars list", "List the variables of the only project, with a value for each environment"),
    example("env-vars list --project jaffle_shop --format json", "The same of a project by its name, as JSON"),
  ],
  "envVars.set": [
    example("env-vars set DBT_SIZE XL --environment production", "Set a value for an environment"),
    example(
      "env-vars set DBT_ENV_SECRET_TOKEN - --project jaffle_shop < token.txt",
      "Set a secret for the project, from a file; without -, dbtc asks for it",
    ),
  ],
  "envVars.unset": [
    example(
      "env-vars unset DBT_WAREHOUSE_SIZE --environment production --yes",
      "Delete the value of an environment, without a question",
    ),
    example(
      "env-vars unset DBT_WAREHOUSE_SIZE --all --project jaffle_shop --yes",
      "Delete a variable with all its values",
    ),
  ],
  "environments.list": [
    example("environments list --project jaffle_shop", "List the environments of a project"),
    example("environments list --fields id,name,type", "The same of the only project, with some of the fields"),
  ],
  "jobs.apply": [
    example("jobs apply jobs.yml --dry-run", "Show what would change"),
    example("jobs apply jobs/ --vars-yml prod.yml --prune=deactivate --yes", "Apply the files of a folder, in CI"),
  ],
  "jobs.create": [
    example("jobs create --payload @job.json", "Create a job from a file"),
    example(
      "jobs create --project-id 1 --environment-id 1 --name Nightly --execute-steps 'dbt build'",
      "Create a job from flags",
    ),
  ],
  "jobs.disable": [
    example("jobs disable 'Daily build'", "Pause a job"),
    example("jobs disable 4 --format json", "The same; print what was turned off as JSON"),
  ],
  "jobs.enable": [
    example("jobs enable 4", "Turn on what starts the job: its schedule, pull requests or merges"),
    example("jobs enable 1 --trigger schedule", "Turn on the schedule"),
  ],
  "jobs.export": [
    example("jobs export --project 1 -o jobs.yml", "Write the jobs of a project to a file"),
    example("jobs export --job 1 --include-linked-id", "Print one job, with its id"),
  ],
  "jobs.get": [
    example("jobs get 1", "Show a job"),
    example("jobs get 1 --format json > job.json", "Save a job as JSON"),
  ],
  "jobs.link": [
    example("jobs link jobs.yml --dry-run", "Show which jobs would get an identifier"),
    example("jobs link jobs.yml", "Put the identifiers of a file on the jobs that linked_id names"),
  ],
  "jobs.list": [
    example("jobs list --project-id 1", "List the jobs of a project"),
    example("jobs list --name-icontains daily --fields id,name", "Find jobs by a part of their name"),
  ],
  "jobs.open": [
    example("jobs open 'Daily build'", "Open the page of a job in the browser"),
    example("jobs open 1 --format json", "Print its URL as JSON"),
  ],
  "jobs.plan": [
    example("jobs plan jobs.yml", "Show the differences between a file and dbt Cloud"),
    example("jobs plan jobs/ --vars 'tier: prod' --report markdown", "The same as Markdown, with variables"),
  ],
  "jobs.rerun": [
    example("jobs rerun 2", "Retry the newest run from the point of failure, and wait for it"),
    example("jobs rerun 2 --or-run --no-wait", "Start an ordinary run if the newest run did not fail; do not wait"),
  ],
  "jobs.trigger": [
    example("jobs trigger 'Daily build'", "Start a run, show its progress, and exit with its result"),
    example(
      "jobs trigger 1 --steps-override 'dbt build -s orders' --no-wait",
      "Start a run with other steps, and do not wait",
    ),
  ],
  "jobs.unlink": [
    example("jobs unlink --identifiers daily --yes", "Take the identifier off one job"),
    example("jobs unlink --project 1 --dry-run", "Show which jobs of a project have one"),
  ],
  "jobs.update": [
    example("jobs update 1 --name 'Daily build'", "Rename a job; the other fields keep their values"),
    example('jobs update 1 --payload \'{"settings":{"threads":8}}\' --dry-run', "Print the change, and send nothing"),
  ],
  "models.columnLineage": [
    example("models column-lineage customers", "List where the columns of a model come from, and where they lead"),
    example("models column-lineage customers --column-name first_order", "The same for one column"),
  ],
  "models.get": [
    example("models get orders", "Show a model with its parents, children, tests, columns and code"),
    example("models get orders --fields compiledCode --format json", "The SQL alone"),
  ],
  "models.health": [
    example("models health orders", "Show how a model, its tests and its ancestors were built"),
    example("models health orders --format json", "The same as JSON"),
  ],
  "models.list": [
    example("models list --last-run-status error", "List the models whose latest run failed"),
    example(
      "models list --fields name,executionInfo.executionTime --all --format csv",
      "How long each model takes, as CSV",
    ),
  ],
  "runs.cancel": [
    example("runs cancel 703", "Cancel a run"),
    example("runs cancel --job-id 1 --yes", "Cancel all queued and running runs of a job, without a question"),
  ],
  "runs.compare": [
    example("runs compare 703 704", "Show which nodes of run 704 fail, are slower, new or gone"),
    example("runs compare --job 'Daily build' --format markdown", "Compare the newest two runs of a job, as Markdown"),
  ],
  "runs.download": [
    example("runs download 703 --dir artifacts", "Download all artifacts of a run"),
    example("runs download 703 --step 4 --dir artifacts", "Download the artifacts of step 4"),
  ],
  "runs.explain": [
    example("runs explain --job 'Nightly full refresh'", "Show why the last run of a job that failed did so"),
    example("runs explain 703 --report markdown", "The same as Markdown, for a pull request"),
  ],
  "runs.failures": [
    example("runs failures --since 7d", "Show which jobs failed this week"),
    example("runs failures --since 24h --nodes", "Show which models and tests failed since yesterday"),
  ],
  "runs.get": [
    example("runs get 703", "Show a run"),
    example("runs get 703 --fields status_humanized,duration", "Print only some fields"),
  ],
  "runs.getArtifact": [
    example(
      "runs get-artifact --job 'Daily build' manifest.json -o manifest.json",
      "Save the manifest of a job's newest run",
    ),
    example("runs get-artifact 703 run_results.json --step auto", "Print the results of the step that wrote them"),
  ],
  "runs.list": [
    example("runs list --status error --since 24h", "List the runs that failed in the last 24 hours"),
    example("runs list --job 'Daily build' --limit 5", "List the newest five runs of a job"),
  ],
  "runs.logs": [
    example("runs logs --job 'Daily build'", "Print the logs of the newest run of a job"),
    example("runs logs 703 --step 4", "Print the log of step 4"),
  ],
  "runs.open": [
    example("runs open 703", "Open the page of a run in the browser"),
    example("runs open --job 'Daily build'", "Open the newest run of a job"),
  ],
  "runs.retry": [
    example("runs retry 703", "Retry a failed run from the point of failure, and wait for it"),
    example("runs retry 703 --no-wait", "Start the retry, and do not wait"),
  ],
  "runs.stats": [
    example("runs stats --job 'Daily build' --since 30d", "Show success rate and duration of a job, with charts"),
    example("runs stats --format csv", "Print the statistics of all jobs as CSV"),
  ],
  "runs.timing": [
    example("runs timing --job 'Daily build'", "Show which models took longest in the newest run of a job"),
    example("runs timing 703 --format csv", "Print the times of all nodes as CSV"),
  ],
  "runs.wait": [
    example("runs wait 703", "Show the progress of a run, and exit with its result"),
    example("runs wait 703 --timeout 30m --logs", "Print the logs too, and stop waiting after 30 minutes"),
  ],
  "users.addToGroup": [
    example("users add-to-group grace@jaffleshop.example Owner", "Add a user to a group"),
    example("users add-to-group 2 1 --format json", "The same; print all groups of the user as JSON"),
  ],
  "users.list": [
    example("users list", "List the users of the account"),
    example("users list --all --format csv -o users.csv", "Save all users as CSV"),
  ],
  api: [
    example("api GET /api/v2/accounts/{account_id}/runs/ -q status__in='[20]'", "Get the failed runs of the account"),
    example(
      "api GET /api/v2/accounts/{account_id}/jobs/ --paginate --fields id,name",
      "Print two fields of all jobs, page after page",
    ),
  ],
  "auth.list": [
    example("auth list", "List the saved contexts"),
    example("auth list --format json", "The same as JSON"),
  ],
  "auth.login": [
    example("auth login ab123.us1.dbt.com", "Ask for a token, check it, and save it"),
    example(
      "auth login ab123.us1.dbt.com --context prod --token-command 'op read op://dbt/prod/token'",
      "Leave the token in a password manager",
    ),
  ],
  "auth.logout": [
    example("auth logout", "Remove the context in use"),
    example("auth logout prod", "Remove another one"),
  ],
  "auth.status": [
    example("auth status", "Show the account in use"),
    example("auth status --context prod", "Show another one, and whether its token is valid"),
  ],
  "auth.use": [
    example("auth use prod", "Use a context of dbtc auth login"),
    example("auth use Analytics", "Use an entry of dbt_cloud.yml, by the name of its project"),
  ],
  "deployments.cancel": [
    example("deployments cancel build-4711", "Cancel a deployment and its run"),
    example("deployments cancel build-4711 --job-id 1", "The same where several jobs have the key"),
  ],
  "deployments.list": [
    example("deployments list --state open", "List the deployments that have not ended"),
    example("deployments list --database postgres://dbtc@db/dbtc", "List those of a database"),
  ],
  "deployments.prune": [
    example("deployments prune", "Delete deployments that ended more than 30 days ago"),
    example("deployments prune --older-than 7d", "Delete those that ended more than a week ago"),
  ],
  "deployments.show": [
    example("deployments show build-4711", "Show a deployment: its state, its runs, and what it waits for"),
    example("deployments show build-4711 --attempt 1", "Show its first attempt"),
  ],
  "deployments.wait": [
    example("deployments wait build-4711", "Wait for a deployment, and exit with its result"),
    example("deployments wait build-4711 --timeout 30m", "Stop waiting after 30 minutes; the deployment goes on"),
  ],
  doctor: [
    example("doctor", "Test the host, the token and each API"),
    example("doctor --format json", "The same as JSON; the exit code is not 0 if something cannot be reached"),
  ],
  record: [
    example("record failed.jsonl -- runs list --status error", "Record a command for a bug report or a test"),
    example("record explained.jsonl -- runs explain 703", "Record a command that sends several requests"),
  ],
  sandbox: [
    example("sandbox --port 8580 --speed 60", "Serve a sandbox where a minute takes a second"),
    example("sandbox --replay failed.jsonl", "Answer with the responses of a recording"),
  ],
  "sl.listDimensionValues": [
    example(
      "sl list dimension-values --metrics revenue --dimension order_id__status",
      "List the values of a dimension",
    ),
    example("sl list dimension-values --group-by customer__first_name --format csv", "The same as CSV"),
  ],
  "sl.listDimensions": [
    example("sl list dimensions --metrics revenue", "List what a metric can be grouped by"),
    example("sl list dimensions --metrics revenue,order_count --format json", "The same for two metrics, as JSON"),
  ],
  "sl.listMetrics": [
    example("sl list metrics", "List the metrics of the environment"),
    example("sl list metrics --search revenue --fields name,dimensions.name", "Find metrics, with their dimensions"),
  ],
  "sl.query": [
    example(
      "sl query --metrics revenue --group-by metric_time__month --order-by -revenue --limit 10",
      "The ten best months",
    ),
    example("sl query --metrics revenue --group-by metric_time__week --chart", "Draw the revenue of each week"),
  ],
  worker: [
    example("worker --database postgres://dbtc@db/dbtc", "Run the deployments of a database"),
    example("worker --port 9400", "The same for $DBTC_DATABASE, with /healthz and /metrics"),
  ],
};

/** The command with its examples, if there are any. */
export function withExamples(command: AnyCommand, name: string): AnyCommand {
  return Object.hasOwn(examples, name) ? Command.withExamples(command, examples[name] ?? []) : command;
}
