/**
 * The resources of the Jaffle Shop: the dbt project that the sandbox's jobs build. Runs take their steps, logs and
 * artifacts from here. dbt's node selection has something to find with each of its methods.
 *
 * @module
 */
import { macros } from "./dbt_macro.ts";
import {
  graphNode,
  macroNode,
  modelNode,
  type Node,
  seedNode,
  singularTestNode,
  snapshotNode,
  sourceNode,
  testNode,
  unitTestNode,
} from "./dbt_node.ts";

const statuses = ["placed", "shipped", "completed", "return_pending", "returned"];
const methods = ["credit_card", "coupon", "bank_transfer", "gift_card"];

/** Who owns the models that finance reads. */
const finance = { group: "finance", meta: { owner: "ada", tier: 1 } };

/** The nodes; each comes after those that it needs. */
export const nodes: ReadonlyArray<Node> = [
  sourceNode("shop", "locations", false),
  sourceNode("shop", "events", true, ["events"]),
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
    { tags: ["staging"] },
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
    { tags: ["staging"] },
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
        {{ cents_to_dollars('amount') }} as amount

    from source

)

select * from renamed`,
    { tags: ["staging", "finance"], ...finance },
  ),
  modelNode(
    "stg_locations",
    "staging/",
    6,
    { LOCATION_ID: "NUMBER", LOCATION_NAME: "TEXT" },
    `\
select
    id as location_id,
    name as location_name

from {{ source('shop', 'locations') }}`,
    { tags: ["staging"], access: "private", group: "operations" },
  ),
  testNode("not_null", "shop.locations", "id"),
  testNode("not_null", "stg_locations", "location_id"),
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
    { description: "A row for each customer, with the orders and their value", tags: ["nightly"], access: "public" },
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
    {
      description: "A row for each order, with the amount by way of payment",
      tags: ["nightly", "finance"],
      access: "public",
      ...finance,
    },
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
  unitTestNode("test_order_amounts", "orders", ["nightly"]),
  singularTestNode(
    "assert_order_amounts_are_positive",
    "select order_id\nfrom {{ ref('orders') }}\nwhere amount < 0",
    ["finance"],
  ),
  snapshotNode(
    "orders_snapshot",
    99,
    { ORDER_ID: "NUMBER", STATUS: "TEXT" },
    "select order_id, status from {{ ref('orders') }}",
  ),
  ...[1, 2, 3].map((is) =>
    modelNode(
      "dim_locations",
      "",
      6,
      { LOCATION_ID: "NUMBER", LOCATION_NAME: "TEXT" },
      "select location_id, location_name\nfrom {{ ref('stg_locations') }}",
      { group: "operations", version: { is, latest: 2 }, weight: 0.4 },
    )
  ),
  modelNode(
    "metricflow_time_spine",
    "",
    366,
    { DATE_DAY: "DATE" },
    "select dateadd(day, seq4(), date '2018-01-01') as date_day\nfrom table(generator(rowcount => 366))",
    { weight: 0.4 },
  ),
  graphNode("exposure", "weekly_report", ["model.jaffle_shop.customers", "model.jaffle_shop.orders"], ["reporting"]),
  graphNode("semantic_model", "orders", ["model.jaffle_shop.orders"]),
  graphNode("metric", "revenue", ["semantic_model.jaffle_shop.orders"], ["finance"]),
  graphNode("saved_query", "revenue_by_month", ["metric.jaffle_shop.revenue"], ["reporting"]),
];

/** The groups of the models. */
export const groupNames: ReadonlyArray<string> = [
  ...new Set(nodes.flatMap(({ config: { group } }) => typeof group === "string" ? [group] : [])),
];

/** The nodes and the macros, which dbt's node selection does not select. */
export const resources: ReadonlyArray<Node> = [...nodes, ...macros.map(macroNode)];

/** The resources by id. */
export const nodeById: ReadonlyMap<string, Node> = new Map(resources.map((node) => [node.id, node]));
