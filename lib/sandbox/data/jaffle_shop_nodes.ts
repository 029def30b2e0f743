/**
 * The nodes of the dbt project that the sandbox's jobs build.
 *
 * @module
 */
import { hash, type Node, projectName } from "./dbt_node.ts";

function seedNode(name: string, rows: number, columns: Record<string, string>): Node {
  const id = `seed.${projectName}.${name}`;
  const file = `seeds/${name}.csv`;
  return { kind: "seed", id, name, file, materialized: "seed", needs: [], code: "", weight: 1.4, columns, rows };
}

function modelNode(
  name: string,
  folder: string,
  rows: number,
  columns: Record<string, string>,
  code: string,
): Node {
  const needs = [...code.matchAll(/ref\('(\w+)'\)/g)].map(([, other = ""]) =>
    `${other.startsWith("raw_") ? "seed" : "model"}.${projectName}.${other}`
  );
  const materialized = folder === "" ? "table" : "view";
  const file = `models/${folder}${name}.sql`;
  const weight = materialized === "table" ? 3.2 : 0.9;
  return {
    kind: "model",
    id: `model.${projectName}.${name}`,
    name,
    file,
    materialized,
    needs,
    code,
    weight,
    columns,
    rows,
  };
}

const tests: Readonly<Record<string, (column: string, kwargs: Record<string, unknown>) => string>> = {
  unique: (column) =>
    `select\n    ${column} as unique_field,\n    count(*) as n_records\n\nfrom {{ model }}\n` +
    `where ${column} is not null\ngroup by ${column}\nhaving count(*) > 1`,
  not_null: (column) => `select ${column}\nfrom {{ model }}\nwhere ${column} is null`,
  accepted_values: (column, { values }) =>
    `with all_values as (\n\n    select\n        ${column} as value_field,\n        count(*) as n_records\n\n` +
    `    from {{ model }}\n    group by ${column}\n\n)\n\nselect *\nfrom all_values\nwhere value_field not in (\n` +
    `    ${(values as Array<string>).map((value) => `'${value}'`).join(",")}\n)`, // as the one test of this kind has it
  relationships: (column, { field }) =>
    `with child as (\n    select ${column} as from_field\n    from {{ model }}\n    where ${column} is not null\n),\n\n` +
    `parent as (\n    select ${field} as to_field\n    from {{ ref('customers') }}\n)\n\nselect\n    from_field\n\n` +
    `from child\nleft join parent\n    on child.from_field = parent.to_field\n\nwhere parent.to_field is null`,
};

function testNode(test: string, model: string, column: string, kwargs: Record<string, unknown> = {}): Node {
  const more = test === "relationships" ? "__customer_id__ref_customers_" : Object.values(kwargs).flat().join("__");
  const name = [test, model, column].join("_") + (more === "" || more.startsWith("__") ? more : `__${more}`);
  const code = tests[test]?.(column, kwargs) ?? "";
  const others = [...code.matchAll(/ref\('(\w+)'\)/g)].map(([, other]) => `model.${projectName}.${other}`);
  return {
    kind: "test",
    id: `test.${projectName}.${name}.${hash(name)}`,
    name,
    file: model.startsWith("stg_") ? "models/staging/schema.yml" : "models/schema.yml",
    materialized: "test",
    needs: [`model.${projectName}.${model}`, ...others],
    code: code.replace("{{ model }}", `{{ ref('${model}') }}`),
    weight: 0.6,
    columns: {},
    rows: 0,
    test: { name: test, column, model, kwargs },
  };
}

const statuses = ["placed", "shipped", "completed", "return_pending", "returned"];
const methods = ["credit_card", "coupon", "bank_transfer", "gift_card"];

/** The project's nodes; each comes after those that it needs. */
export const nodes: ReadonlyArray<Node> = [
  seedNode("raw_customers", 100, { ID: "NUMBER", FIRST_NAME: "TEXT", LAST_NAME: "TEXT" }),
  seedNode("raw_orders", 99, { ID: "NUMBER", USER_ID: "NUMBER", ORDER_DATE: "DATE", STATUS: "TEXT" }),
  seedNode("raw_payments", 113, { ID: "NUMBER", ORDER_ID: "NUMBER", PAYMENT_METHOD: "TEXT", AMOUNT: "NUMBER" }),
  modelNode(
    "stg_customers",
    "staging/",
    100,
    { CUSTOMER_ID: "NUMBER", FIRST_NAME: "TEXT", LAST_NAME: "TEXT" },
    `\
with source as (

    select * from {{ ref('raw_customers') }}

),

renamed as (

    select
        id as customer_id,
        first_name,
        last_name

    from source

)

select * from renamed`,
  ),
  modelNode(
    "stg_orders",
    "staging/",
    99,
    {
      ORDER_ID: "NUMBER",
      CUSTOMER_ID: "NUMBER",
      ORDER_DATE: "DATE",
      STATUS: "TEXT",
    },
    `\
with source as (

    select * from {{ ref('raw_orders') }}

),

renamed as (

    select
        id as order_id,
        user_id as customer_id,
        order_date,
        status

    from source

)

select * from renamed`,
  ),
  modelNode(
    "stg_payments",
    "staging/",
    113,
    {
      PAYMENT_ID: "NUMBER",
      ORDER_ID: "NUMBER",
      PAYMENT_METHOD: "TEXT",
      AMOUNT: "NUMBER",
    },
    `\
with source as (

    select * from {{ ref('raw_payments') }}

),

renamed as (

    select
        id as payment_id,
        order_id,
        payment_method,
        amount / 100 as amount

    from source

)

select * from renamed`,
  ),
  testNode("unique", "stg_customers", "customer_id"),
  testNode("not_null", "stg_customers", "customer_id"),
  testNode("unique", "stg_orders", "order_id"),
  testNode("not_null", "stg_orders", "order_id"),
  testNode("accepted_values", "stg_orders", "status", { values: statuses }),
  testNode("unique", "stg_payments", "payment_id"),
  testNode("not_null", "stg_payments", "payment_id"),
  testNode("accepted_values", "stg_payments", "payment_method", { values: methods }),
  modelNode(
    "customers",
    "",
    100,
    {
      CUSTOMER_ID: "NUMBER",
      FIRST_NAME: "TEXT",
      LAST_NAME: "TEXT",
      FIRST_ORDER: "DATE",
      MOST_RECENT_ORDER: "DATE",
      NUMBER_OF_ORDERS: "NUMBER",
      CUSTOMER_LIFETIME_VALUE: "NUMBER",
    },
    `\
with customers as (

    select * from {{ ref('stg_customers') }}

),

orders as (

    select * from {{ ref('stg_orders') }}

),

payments as (

    select * from {{ ref('stg_payments') }}

),

customer_orders as (

    select
        customer_id,
        min(order_date) as first_order,
        max(order_date) as most_recent_order,
        count(order_id) as number_of_orders
    from orders
    group by customer_id

),

customer_payments as (

    select
        orders.customer_id,
        sum(amount) as total_amount
    from payments
    left join orders on payments.order_id = orders.order_id
    group by orders.customer_id

)

select
    customers.customer_id,
    customers.first_name,
    customers.last_name,
    customer_orders.first_order,
    customer_orders.most_recent_order,
    customer_orders.number_of_orders,
    customer_payments.total_amount as customer_lifetime_value
from customers
left join customer_orders on customers.customer_id = customer_orders.customer_id
left join customer_payments on customers.customer_id = customer_payments.customer_id`,
  ),
  modelNode(
    "orders",
    "",
    99,
    {
      ORDER_ID: "NUMBER",
      CUSTOMER_ID: "NUMBER",
      ORDER_DATE: "DATE",
      STATUS: "TEXT",
      CREDIT_CARD_AMOUNT: "NUMBER",
      COUPON_AMOUNT: "NUMBER",
      BANK_TRANSFER_AMOUNT: "NUMBER",
      GIFT_CARD_AMOUNT: "NUMBER",
      AMOUNT: "NUMBER",
    },
    `\
with orders as (

    select * from {{ ref('stg_orders') }}

),

payments as (

    select * from {{ ref('stg_payments') }}

),

order_payments as (

    select
        order_id,
${
      methods.map((method) =>
        `        sum(case when payment_method = '${method}' then amount else 0 end) as ${method}_amount,\n`
      ).join("")
    }\
        sum(amount) as total_amount
    from payments
    group by order_id

)

select
    orders.order_id,
    orders.customer_id,
    orders.order_date,
    orders.status,
${methods.map((method) => `    order_payments.${method}_amount,\n`).join("")}\
    order_payments.total_amount as amount
from orders
left join order_payments on orders.order_id = order_payments.order_id`,
  ),
  testNode("unique", "customers", "customer_id"),
  testNode("not_null", "customers", "customer_id"),
  testNode("unique", "orders", "order_id"),
  testNode("not_null", "orders", "order_id"),
  testNode("not_null", "orders", "customer_id"),
  testNode("relationships", "orders", "customer_id", { to: "ref('customers')", field: "customer_id" }),
  testNode("accepted_values", "orders", "status", { values: statuses }),
  testNode("not_null", "orders", "amount"),
  ...methods.map((method) => testNode("not_null", "orders", `${method}_amount`)),
];

/** The nodes by id. */
export const nodeById: ReadonlyMap<string, Node> = new Map(nodes.map((node) => [node.id, node]));
