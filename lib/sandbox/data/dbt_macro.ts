/**
 * The macros of the Jaffle Shop: its own, and dbt's generic tests, which are macros too. The hundreds of other macros
 * that come with dbt are left out: no node of the project calls them.
 *
 * @module
 */

/** A macro. */
export interface Macro {
  /** Its name. */
  readonly name: string;
  /** The package that it is from: the project itself, or dbt. */
  readonly packageName: string;
  /** Its file. */
  readonly file: string;
  /** The YAML file that describes it, where one does. */
  readonly patch?: string;
  /** What it does. */
  readonly description: string;
  /** Its parameters, as the YAML file describes them. */
  readonly arguments: ReadonlyArray<{ readonly name: string; readonly type: string; readonly description: string }>;
  /** Its code. */
  readonly code: string;
}

/** The arguments of a generic test, besides its model and column. */
export interface TestArguments {
  /** The values that `accepted_values` accepts. */
  readonly values?: ReadonlyArray<string>;
  /** The model that `relationships` refers to. */
  readonly to?: string;
  /** Its column there. */
  readonly field?: string;
}

/** The SQL of dbt's generic tests. */
export const genericTests: Readonly<Record<string, (column: string, kwargs: TestArguments) => string>> = {
  unique: (column) =>
    `select\n    ${column} as unique_field,\n    count(*) as n_records\n\nfrom {{ model }}\n` +
    `where ${column} is not null\ngroup by ${column}\nhaving count(*) > 1`,
  not_null: (column) => `select ${column}\nfrom {{ model }}\nwhere ${column} is null`,
  accepted_values: (column, { values = [] }) =>
    `with all_values as (\n\n    select\n        ${column} as value_field,\n        count(*) as n_records\n\n` +
    `    from {{ model }}\n    group by ${column}\n\n)\n\nselect *\nfrom all_values\nwhere value_field not in (\n` +
    `    ${values.map((value) => `'${value}'`).join(",")}\n)`,
  relationships: (column, { field, to }) =>
    `with child as (\n    select ${column} as from_field\n    from {{ model }}\n    where ${column} is not null\n),\n\n` +
    `parent as (\n    select ${field} as to_field\n    from {{ ${to} }}\n)\n\nselect\n    from_field\n\n` +
    `from child\nleft join parent\n    on child.from_field = parent.to_field\n\nwhere parent.to_field is null`,
};

/** The parameters of the tests that have more than a model and a column. */
const testParameters: Readonly<Record<string, TestArguments>> = {
  accepted_values: { values: ["{{ values | join(\"', '\") }}"] },
  relationships: { to: "to", field: "{{ field }}" },
};

const dispatched = "cents_to_dollars";

/** The macros. As in dbt's own example, the one that models call finds the one for the warehouse. */
export const macros: ReadonlyArray<Macro> = [
  {
    name: dispatched,
    packageName: "jaffle_shop",
    file: "macros/cents_to_dollars.sql",
    patch: "macros/macros.yml",
    description: "Turns an amount in cents into dollars",
    arguments: [{ name: "column_name", type: "string", description: "The column with the cents" }],
    code: macroCode(dispatched, `{{ adapter.dispatch('${dispatched}')(column_name) }}`),
  },
  {
    name: `default__${dispatched}`,
    packageName: "jaffle_shop",
    file: "macros/cents_to_dollars.sql",
    description: "",
    arguments: [],
    code: macroCode(`default__${dispatched}`, "round({{ column_name }} / 100, 2)"),
  },
  ...Object.entries(genericTests).map(([name, code]): Macro => {
    const kwargs = testParameters[name] ?? {};
    const parameters = ["model", "column_name", ...Object.keys(kwargs)].join(", ");
    return {
      name: `test_${name}`,
      packageName: "dbt",
      file: "tests/generic/builtin.sql",
      description: "",
      arguments: [],
      code: `{% test ${name}(${parameters}) %}\n\n${code("{{ column_name }}", kwargs)}\n\n{% endtest %}`,
    };
  }),
];

function macroCode(name: string, body: string): string {
  return `{% macro ${name}(column_name) -%}\n    ${body}\n{%- endmacro %}`;
}

/** dbt's id for a macro. */
export function macroId({ name, packageName }: Macro): string {
  return `macro.${packageName}.${name}`;
}

/** The ids of the macros that code calls, by name or by `adapter.dispatch`. */
export function macrosIn(code: string): ReadonlyArray<string> {
  const called = [...code.matchAll(/\{\{ (\w+)\(|dispatch\('(\w+)'\)/g)]
    .map(([, name, dispatched]) => name ?? `default__${dispatched}`);
  return macros.filter(({ name }) => called.includes(name)).map(macroId);
}

/** Puts the SQL that macros make in place of their calls. */
export function expandMacros(code: string): string {
  return code.replaceAll(/\{\{ (\w+)\('(\w+)'\) \}\}/g, (call, name: string, argument: string) => {
    const macro = macros.find((macro) => macro.name === `default__${name}`);
    const [, body] = /-%\}\s*([^]*?)\s*\{%-/.exec(macro?.code ?? "") ?? [];
    return body?.replaceAll("{{ column_name }}", argument) ?? call;
  });
}
