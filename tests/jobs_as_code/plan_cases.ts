/**
 * Files of jobs, and what a plan of each should be: ours, and that of dbt-jobs-as-code 1.22.0 as it was measured against
 * the sandbox. Each case starts with a fresh sandbox, and with the tags of `00_link.yml` on its jobs, unless it says so.
 *
 * @module
 */

/** A file of jobs, and the plans that it should have. */
export interface PlanCase {
  /** What the case shows. */
  readonly name: string;
  /** The files, with changes to their text. */
  readonly file: string;
  readonly edit?: readonly [from: string | RegExp, to: string];
  /** The flags of both. */
  readonly flags?: ReadonlyArray<string>;
  /** The file whose tags the jobs have at the start, and flags of its link; null for no tags (default: `00_link.yml`). */
  readonly linked?: readonly [file: string, ...flags: ReadonlyArray<string>] | null;
  /** The name of job 3 at the start. */
  readonly job3?: string;
  /** Flags with which the same file is applied at the start. */
  readonly earlier?: ReadonlyArray<string>;
  /** Changes of ours: `update daily: name, triggers.schedule`. */
  readonly ours: ReadonlyArray<string>;
  /** The identifiers of ours that are not in the files. */
  readonly notInFiles?: ReadonlyArray<string>;
  /** A warning or error of ours. */
  readonly says?: RegExp;
  /** The exit code of ours, if it is not 0. */
  readonly code?: number;
  /** The flags of the next plan, if they differ. */
  readonly nextFlags?: ReadonlyArray<string>;
  /** Changes of theirs, sorted, as they were measured. */
  readonly theirs: ReadonlyArray<string>;
  /** Whether theirs changes other jobs than ours does, so that there is nothing to compare after its sync. */
  readonly differs?: boolean;
  /** Our plan after their sync, if it is not empty, and why. */
  readonly oursAfterTheirs?: readonly [changes: ReadonlyArray<string>, why: string];
  /** Their plan after our apply, if it is not empty, and why. */
  readonly theirsAfterOurs?: readonly [changes: ReadonlyArray<string>, why: string];
}

/** The cases. */
export const planCases: ReadonlyArray<PlanCase> = [
  {
    name: "jobs without tags are found by linked_id, and get their tags",
    file: "00_link.yml",
    linked: null,
    differs: true,
    ours: [
      "update daily: identifier",
      "update nightly: identifier",
      "update pr_check: identifier",
      "update weekly: identifier",
    ],
    theirs: [
      "CREATE daily",
      "CREATE nightly",
      "CREATE pr_check",
      "CREATE weekly",
      "ENV CREATE nightly:DBT_WAREHOUSE_SIZE",
    ],
  },
  { name: "what dbt Cloud has is no difference", file: "00_link.yml", ours: [], theirs: [] },
  {
    name: "an excluded identifier is left out on both sides",
    file: "00_link.yml",
    flags: ["--exclude-identifiers-matching", "^daily$"],
    ours: [],
    theirs: ["CREATE daily"],
    differs: true,
    theirsAfterOurs: [["CREATE daily"], "theirs excludes only jobs of dbt Cloud"],
  },
  {
    name: "a key that is renamed renames the tag",
    file: "00_link.yml",
    edit: ["  daily:", "  every_day:"],
    ours: ["update every_day: identifier"],
    differs: true,
    theirs: ["CREATE every_day", "DELETE daily"],
  },
  {
    name: "a job moves to another environment",
    file: "00_link.yml",
    edit: [/environment_id: 1/, "environment_id: 2"],
    ours: ["update daily: environment_id"],
    theirs: ["UPDATE daily: environment_id"],
  },
  {
    name: "a job moves to another environment, with -e of the old one",
    file: "00_link.yml",
    edit: [/environment_id: 1/, "environment_id: 2"],
    flags: ["-e", "1"],
    ours: ["update daily: environment_id"],
    differs: true,
    theirs: ["DELETE daily"],
  },
  {
    name: "a job moves to another environment, with -e of the new one",
    file: "00_link.yml",
    edit: [/environment_id: 1/, "environment_id: 2"],
    flags: ["-e", "2"],
    ours: ["update daily: environment_id"],
    differs: true,
    theirs: ["CREATE daily"],
  },
  {
    name: "defaults, null and what dbt Cloud derives are no differences",
    file: "01_defaults.yml",
    ours: [],
    notInFiles: ["nightly", "weekly"],
    theirs: [
      "DELETE nightly",
      "DELETE weekly",
      "UPDATE daily: job_type, triggers.git_provider_webhook, triggers.on_merge",
      "UPDATE pr_check: schedule.cron",
    ],
    theirsAfterOurs: [
      [
        "UPDATE daily: job_type, triggers.git_provider_webhook, triggers.on_merge",
        "UPDATE pr_check: schedule.cron",
      ],
      "to ours, null is false, and a CI job needs no schedule: so there is nothing to apply",
    ],
  },
  {
    name: "one file for production",
    file: "02_two_envs.yml",
    flags: ["--vars-yml", "02_vars_prod.yml", "-l"],
    ours: ["update daily: settings.threads, triggers.schedule"],
    notInFiles: ["nightly", "pr_check", "weekly"],
    theirs: [
      "DELETE nightly",
      "DELETE pr_check",
      "DELETE weekly",
      "UPDATE daily: settings.threads, triggers.git_provider_webhook, triggers.on_merge, triggers.schedule",
    ],
    theirsAfterOurs: [["UPDATE daily: job_type"], "dbt Cloud derives job_type from triggers.schedule"],
  },
  {
    name: "the same file for development",
    file: "02_two_envs.yml",
    flags: ["--vars-yml", "02_vars_dev.yml", "-l"],
    ours: ["create daily"],
    says: /daily: job 1 "Daily build" .* has the same identifier/,
    theirs: ["CREATE daily"],
  },
  {
    name: "the same file for development, without -l, takes no job of production",
    file: "02_two_envs.yml",
    flags: ["--vars-yml", "02_vars_dev.yml"],
    nextFlags: ["--vars-yml", "02_vars_dev.yml", "-l"],
    ours: ["create daily"],
    says: /daily: job 1 "Daily build" \(project 1, environment 1\) has the same identifier, and stays as it is/,
    theirs: [
      "DELETE nightly",
      "DELETE pr_check",
      "DELETE weekly",
      "UPDATE daily: deferring_environment_id, environment_id, execute_steps, generate_docs, name, schedule.cron, " +
      "settings.target_name, settings.threads, triggers.git_provider_webhook, triggers.on_merge",
    ],
    differs: true,
  },
  {
    name: "variables without a value are named with their lines",
    file: "02_two_envs.yml",
    ours: [],
    code: 2,
    says:
      /:5: the variable project .*:6: the variable env .*:7: .* tier .*:13: .* steps .*:15: .* defer_to .*:16: .* cron /s,
    theirs: ["exit 1"],
  },
  {
    name: "anchors and merge keys; unknown keys are warned of",
    file: "03_anchors.yml",
    flags: ["-l"],
    ours: ["create hourly_orders", "update weekly: description, triggers.schedule, schedule.cron"],
    notInFiles: ["daily", "nightly", "pr_check"],
    says: /03_anchors\.yml:10: unknown key owner_team/,
    theirs: [
      "CREATE hourly_orders",
      "DELETE daily",
      "DELETE nightly",
      "DELETE pr_check",
      "UPDATE weekly: description, schedule.cron, triggers.schedule",
    ],
    theirsAfterOurs: [["UPDATE weekly: job_type"], "dbt Cloud derives job_type from triggers.schedule"],
  },
  {
    name: "overrides of environment variables",
    file: "04_env_vars.yml",
    flags: ["-l"],
    ours: [
      "env create daily:DBT_WAREHOUSE_SIZE",
      "env create nightly:DBT_ENV_SECRET_TOKEN",
      "env update nightly:DBT_WAREHOUSE_SIZE",
    ],
    notInFiles: ["pr_check", "weekly"],
    theirs: [
      "DELETE pr_check",
      "DELETE weekly",
      "ENV CREATE daily:DBT_WAREHOUSE_SIZE",
      "ENV CREATE nightly:DBT_ENV_SECRET_TOKEN",
      "ENV UPDATE nightly:DBT_WAREHOUSE_SIZE",
    ],
    theirsAfterOurs: [["ENV UPDATE nightly:DBT_ENV_SECRET_TOKEN"], "theirs compares a secret with its asterisks"],
  },
  {
    name: "an override that is gone, and steps in another order",
    file: "04b_env_vars_gone.yml",
    flags: ["-l"],
    ours: ["env delete nightly:DBT_WAREHOUSE_SIZE", "update nightly: execute_steps"],
    notInFiles: ["daily", "pr_check", "weekly"],
    theirs: ["DELETE daily", "DELETE pr_check", "DELETE weekly", "ENV DELETE nightly:DBT_WAREHOUSE_SIZE"],
    oursAfterTheirs: [["update nightly: execute_steps"], "theirs does not see the order of steps"],
  },
  {
    name: "an override that is null",
    file: "04b_env_vars_gone.yml",
    edit: [/$/, "    custom_environment_variables:\n      - DBT_WAREHOUSE_SIZE:\n"],
    flags: ["-l"],
    ours: ["env delete nightly:DBT_WAREHOUSE_SIZE", "update nightly: execute_steps"],
    notInFiles: ["daily", "pr_check", "weekly"],
    theirs: ["DELETE daily", "DELETE pr_check", "DELETE weekly", "ENV DELETE nightly:DBT_WAREHOUSE_SIZE"],
    oursAfterTheirs: [
      ["env delete nightly:DBT_WAREHOUSE_SIZE", "update nightly: execute_steps"],
      "theirs sets the value to null instead of deleting it, and does not see the order of steps",
    ],
  },
  {
    name: "an override of a variable that the project does not have",
    file: "04b_env_vars_gone.yml",
    edit: [/$/, "    custom_environment_variables:\n      - DBT_NEW: a\n"],
    ours: [],
    code: 2,
    says: /project 1 has no variable DBT_NEW\. Create it first: dbtc env-vars set DBT_NEW VALUE --project 1/,
    theirs: ["exit 1"],
  },
  {
    name: "files of a folder; the account is in the first one",
    file: "08_dir",
    ours: ["update nightly: name"],
    notInFiles: ["pr_check", "weekly"],
    theirs: ["DELETE pr_check", "DELETE weekly", "UPDATE nightly: name"],
  },
  {
    name: "jobs of another environment are left out",
    file: "08_dir",
    flags: ["-e", "2"],
    ours: [],
    says: /daily is left out: it is in project 1, environment 1/,
    theirs: [],
  },
  {
    name: "no jobs",
    file: "08_empty.yml",
    ours: [],
    says: /The files have no job\. To prune, they need --project and --environment/,
    theirs: [],
  },
  {
    name: "no jobs, in a project and an environment",
    file: "08_empty.yml",
    flags: ["-p", "1", "-e", "1", "--account-id", "1"],
    ours: [],
    notInFiles: ["daily", "nightly", "pr_check", "weekly"],
    theirs: ["DELETE daily", "DELETE nightly", "DELETE pr_check", "DELETE weekly"],
  },
  { name: "no file", file: "nothere.yml", ours: [], code: 2, says: /no file matches .*nothere\.yml/, theirs: [] },
  {
    name: "only jobs of another environment",
    file: "09_other_envs.yml",
    ours: ["create only_dev"],
    theirs: ["CREATE only_dev", "DELETE daily", "DELETE nightly", "DELETE pr_check", "DELETE weekly"],
    theirsAfterOurs: [
      ["DELETE daily", "DELETE nightly", "DELETE pr_check", "DELETE weekly", "UPDATE only_dev: job_type"],
      "theirs deletes in the whole account; dbt Cloud derives job_type from triggers.schedule",
    ],
  },
  {
    name: "only jobs of another environment, with -l",
    file: "09_other_envs.yml",
    flags: ["-l"],
    ours: ["create only_dev"],
    theirs: ["CREATE only_dev"],
    theirsAfterOurs: [["UPDATE only_dev: job_type"], "dbt Cloud derives job_type from triggers.schedule"],
  },
  {
    name: "identifiers in descriptions",
    file: "06_in_description.yml",
    linked: ["06_in_description.yml", "--use-desc-for-id"],
    flags: ["--use-desc-for-id"],
    ours: ["update tidy: description"],
    theirs: ["UPDATE tidy: description"],
  },
  {
    name: "identifiers in descriptions are found without a flag",
    file: "06_in_description.yml",
    linked: ["06_in_description.yml", "--use-desc-for-id"],
    ours: ["update tidy: description"],
    differs: true,
    theirs: ["CREATE tidy"],
    theirsAfterOurs: [["CREATE tidy"], "theirs needs the flag to see the tag"],
  },
  {
    name: "the filter of a tag is kept",
    file: "00_link.yml",
    edit: ["name: Weekly backfill", "name: Backfill"],
    job3: "Weekly backfill [[uat:weekly]]",
    ours: ["update weekly: name"],
    theirs: ["UPDATE weekly: name"],
  },
  {
    name: "an identifier on two jobs in dbt Cloud is refused",
    file: "02_two_envs.yml",
    earlier: ["--vars-yml", "02_vars_dev.yml", "-l"],
    flags: ["--vars-yml", "02_vars_prod.yml"],
    ours: [],
    code: 2,
    says: /02_two_envs\.yml:3: the identifier daily is on 2 jobs in dbt Cloud: job 1 .* job 5 .* With -l/,
    theirs: [
      "DELETE nightly",
      "DELETE pr_check",
      "DELETE weekly",
      "UPDATE daily: deferring_environment_id, environment_id, execute_steps, generate_docs, name, schedule.cron, " +
      "settings.target_name, settings.threads, triggers.schedule",
    ],
  },
  {
    name: "an identifier on two jobs in dbt Cloud, with -l",
    file: "02_two_envs.yml",
    earlier: ["--vars-yml", "02_vars_dev.yml", "-l"],
    flags: ["--vars-yml", "02_vars_prod.yml", "-l"],
    ours: ["update daily: settings.threads, triggers.schedule"],
    notInFiles: ["nightly", "pr_check", "weekly"],
    theirs: [
      "DELETE nightly",
      "DELETE pr_check",
      "DELETE weekly",
      "UPDATE daily: settings.threads, triggers.git_provider_webhook, triggers.on_merge, triggers.schedule",
    ],
    theirsAfterOurs: [["UPDATE daily: job_type"], "dbt Cloud derives job_type from triggers.schedule"],
  },
];
