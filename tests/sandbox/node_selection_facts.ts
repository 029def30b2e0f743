/**
 * What dbt-core 1.9.8 selects: the answers of `dbt list`, `dbt build` and other commands on a project with the nodes of
 * the Jaffle Shop (dbt-duckdb 1.9.6, November 2026). `node_selection_test.ts` asks the sandbox the same.
 *
 * @module
 */

/** The tests of the project by letter, without the hash at the end of their ids. */
export const testNames: Readonly<Record<string, string>> = {
  a: "accepted_values_orders_status__placed__shipped__completed__return_pending__returned",
  b: "accepted_values_stg_orders_status__placed__shipped__completed__return_pending__returned",
  c: "accepted_values_stg_payments_payment_method__credit_card__coupon__bank_transfer__gift_card",
  d: "assert_order_amounts_are_positive",
  e: "not_null_customers_customer_id",
  f: "not_null_orders_amount",
  g: "not_null_orders_bank_transfer_amount",
  h: "not_null_orders_coupon_amount",
  i: "not_null_orders_credit_card_amount",
  j: "not_null_orders_customer_id",
  k: "not_null_orders_gift_card_amount",
  l: "not_null_orders_order_id",
  m: "not_null_stg_customers_customer_id",
  n: "not_null_stg_locations_location_id",
  o: "not_null_stg_orders_order_id",
  p: "not_null_stg_payments_payment_id",
  q: "relationships_orders_customer_id__customer_id__ref_customers_",
  r: "source_not_null_shop_locations_id",
  s: "unique_customers_customer_id",
  t: "unique_orders_order_id",
  u: "unique_stg_customers_customer_id",
  v: "unique_stg_orders_order_id",
  w: "unique_stg_payments_payment_id",
};

/**
 * A command; then the nodes that dbt selects, tests by letter in brackets; then its warnings, each on a line of its own.
 * `-` stands for no node.
 */
export const selections = `
dbt ls
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 exposure:weekly_report metric:revenue metricflow_time_spine orders orders_snapshot raw_customers raw_orders raw_payments saved_query:revenue_by_month semantic_model:orders source:shop.events source:shop.locations stg_customers stg_locations stg_orders stg_payments unit_test:orders.test_order_amounts [abcdefghijklmnopqrstuvw]
dbt ls --select customers
  customers [eqs]
dbt ls --select fqn:*
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 exposure:weekly_report metric:revenue metricflow_time_spine orders orders_snapshot raw_customers raw_orders raw_payments saved_query:revenue_by_month semantic_model:orders stg_customers stg_locations stg_orders stg_payments unit_test:orders.test_order_amounts [abcdefghijklmnopqrstuvw]
dbt ls --select fqn:customers
  customers [eqs]
dbt ls --select fqn:jaffle_shop.customers
  customers [eqs]
dbt ls --select jaffle_shop.customers
  customers [eqs]
dbt ls --select jaffle_shop
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 exposure:weekly_report metric:revenue metricflow_time_spine orders orders_snapshot raw_customers raw_orders raw_payments saved_query:revenue_by_month semantic_model:orders stg_customers stg_locations stg_orders stg_payments unit_test:orders.test_order_amounts [abcdefghijklmnopqrstuvw]
dbt ls --select staging
  stg_customers stg_locations stg_orders stg_payments [bcmnopruvw]
dbt ls --select jaffle_shop.staging
  stg_customers stg_locations stg_orders stg_payments [bcmnopruvw]
dbt ls --select jaffle_shop.staging.stg_orders
  stg_orders [bov]
dbt ls --select staging.stg_orders
  stg_orders [bov]
dbt ls --select jaffle_shop.staging.*
  stg_customers stg_locations stg_orders stg_payments [bcmnopruvw]
dbt ls --select jaffle_shop.stag
  -
  ! The selection criterion 'jaffle_shop.stag' does not match any enabled nodes
  ! No nodes selected!
dbt ls --select stg_*
  -
  ! The selection criterion 'stg_*' does not match any enabled nodes
  ! No nodes selected!
dbt ls --select 'stg_*'
  -
  ! The selection criterion 'stg_*' does not match any enabled nodes
  ! No nodes selected!
dbt ls --select *orders
  orders raw_orders semantic_model:orders stg_orders unit_test:orders.test_order_amounts [abdfghijkloqtv]
dbt ls --select *.stg_*
  stg_customers stg_locations stg_orders stg_payments [bcmnopuvw]
dbt ls --select stg_?rders
  -
  ! The selection criterion 'stg_?rders' does not match any enabled nodes
  ! No nodes selected!
dbt ls --select stg_[op]*
  -
  ! The selection criterion 'stg_[op]*' does not match any enabled nodes
  ! No nodes selected!
dbt ls --select stg_[!op]*
  -
  ! The selection criterion 'stg_[!op]*' does not match any enabled nodes
  ! No nodes selected!
dbt ls --select [s]taging.stg_orders
  stg_orders [bov]
dbt ls --select *
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 exposure:weekly_report metric:revenue metricflow_time_spine orders orders_snapshot raw_customers raw_orders raw_payments saved_query:revenue_by_month semantic_model:orders stg_customers stg_locations stg_orders stg_payments unit_test:orders.test_order_amounts [abcdefghijklmnopqrstuvw]
dbt ls --select path:models
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 exposure:weekly_report metric:revenue metricflow_time_spine orders saved_query:revenue_by_month semantic_model:orders source:shop.events source:shop.locations stg_customers stg_locations stg_orders stg_payments unit_test:orders.test_order_amounts [abcdefghijklmnopqrstuvw]
dbt ls --select path:models/staging
  source:shop.events source:shop.locations stg_customers stg_locations stg_orders stg_payments [bcmnopruvw]
dbt ls --select models/staging
  source:shop.events source:shop.locations stg_customers stg_locations stg_orders stg_payments [bcmnopruvw]
dbt ls --select models/staging/
  source:shop.events source:shop.locations stg_customers stg_locations stg_orders stg_payments [bcmnopruvw]
dbt ls --select ./models/staging
  source:shop.events source:shop.locations stg_customers stg_locations stg_orders stg_payments [bcmnopruvw]
dbt ls --select models/staging/stg_orders.sql
  stg_orders [bov]
dbt ls --select path:models/staging/*.sql
  stg_customers stg_locations stg_orders stg_payments [bcmnopuvw]
dbt ls --select path:models/**/stg_*
  stg_customers stg_locations stg_orders stg_payments [bcmnopuvw]
dbt ls --select path:models/staging/schema.yml
  stg_customers stg_locations stg_orders stg_payments [bcmnopuvw]
dbt ls --select path:models/schema.yml
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 metricflow_time_spine orders unit_test:orders.test_order_amounts [adefghijklqst]
dbt ls --select path:models/staging/sources.yml
  source:shop.events source:shop.locations [r]
dbt ls --select path:seeds
  raw_customers raw_orders raw_payments
dbt ls --select path:tests
  [d]
dbt ls --select path:stg_orders.sql
  -
  ! The selection criterion 'path:stg_orders.sql' does not match any enabled nodes
  ! No nodes selected!
dbt ls --select path:models/*
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 exposure:weekly_report metric:revenue metricflow_time_spine orders saved_query:revenue_by_month semantic_model:orders source:shop.events source:shop.locations stg_customers stg_locations stg_orders stg_payments unit_test:orders.test_order_amounts [abcdefghijklmnopqrstuvw]
dbt ls --select path:*
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 exposure:weekly_report metric:revenue metricflow_time_spine orders orders_snapshot raw_customers raw_orders raw_payments saved_query:revenue_by_month semantic_model:orders source:shop.events source:shop.locations stg_customers stg_locations stg_orders stg_payments unit_test:orders.test_order_amounts [abcdefghijklmnopqrstuvw]
dbt ls --select path:**/*.csv
  raw_customers raw_orders raw_payments
dbt ls --select path:models/staging/stg_[op]*.sql
  stg_orders stg_payments [bcopvw]
dbt ls --select stg_orders.sql
  stg_orders [bov]
dbt ls --select file:stg_orders.sql
  stg_orders [bov]
dbt ls --select file:stg_orders
  stg_orders [bov]
dbt ls --select file:schema.yml
  unit_test:orders.test_order_amounts [abcefghijklmnopqstuvw]
dbt ls --select file:stg_*
  stg_customers stg_locations stg_orders stg_payments [bcmnopuvw]
dbt ls --select raw_orders.csv
  raw_orders
dbt ls --select RAW_ORDERS.CSV
  -
  ! The selection criterion 'RAW_ORDERS.CSV' does not match any enabled nodes
  ! No nodes selected!
dbt ls --select dim_locations_v1.sql
  dim_locations.v1
dbt ls --select package:jaffle_shop
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 exposure:weekly_report metric:revenue metricflow_time_spine orders orders_snapshot raw_customers raw_orders raw_payments saved_query:revenue_by_month semantic_model:orders source:shop.events source:shop.locations stg_customers stg_locations stg_orders stg_payments unit_test:orders.test_order_amounts [abcdefghijklmnopqrstuvw]
dbt ls --select package:this
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 exposure:weekly_report metric:revenue metricflow_time_spine orders orders_snapshot raw_customers raw_orders raw_payments saved_query:revenue_by_month semantic_model:orders source:shop.events source:shop.locations stg_customers stg_locations stg_orders stg_payments unit_test:orders.test_order_amounts [abcdefghijklmnopqrstuvw]
dbt ls --select package:jaffle*
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 exposure:weekly_report metric:revenue metricflow_time_spine orders orders_snapshot raw_customers raw_orders raw_payments saved_query:revenue_by_month semantic_model:orders source:shop.events source:shop.locations stg_customers stg_locations stg_orders stg_payments unit_test:orders.test_order_amounts [abcdefghijklmnopqrstuvw]
dbt ls --select package:other
  -
  ! The selection criterion 'package:other' does not match any enabled nodes
  ! No nodes selected!
dbt ls --select tag:nightly
  customers orders unit_test:orders.test_order_amounts [adefghijklqst]
dbt ls --select tag:n*
  customers orders unit_test:orders.test_order_amounts [adefghijklqst]
dbt ls --select tag:staging
  stg_customers stg_locations stg_orders stg_payments [bcmnopuvw]
dbt ls --select tag:finance
  orders stg_payments unit_test:orders.test_order_amounts [acdfghijklpqtw]
dbt ls --select tag:reporting
  exposure:weekly_report
dbt ls --select tag:events
  source:shop.events
dbt ls --select tag:none
  -
  ! The selection criterion 'tag:none' does not match any enabled nodes
  ! No nodes selected!
dbt ls --select tag:
  -
  ! The selection criterion 'tag:' does not match any enabled nodes
  ! No nodes selected!
dbt ls --select config.materialized:view
  stg_customers stg_locations stg_orders stg_payments [bcmnopuvw]
dbt ls --select config.materialized:table
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 metricflow_time_spine orders unit_test:orders.test_order_amounts [adefghijklqst]
dbt ls --select config.materialized:seed
  raw_customers raw_orders raw_payments
dbt ls --select config.materialized:snapshot
  orders_snapshot
dbt ls --select config.materialized:v*
  -
  ! The selection criterion 'config.materialized:v*' does not match any enabled nodes
  ! No nodes selected!
dbt ls --select config.meta.owner:ada
  orders stg_payments unit_test:orders.test_order_amounts [acdfghijklpqtw]
dbt ls --select config.meta.tier:1
  -
  ! The selection criterion 'config.meta.tier:1' does not match any enabled nodes
  ! No nodes selected!
dbt ls --select config.tags:nightly
  customers orders unit_test:orders.test_order_amounts [adefghijklqst]
dbt ls --select config.enabled:true
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 metricflow_time_spine orders orders_snapshot raw_customers raw_orders raw_payments source:shop.events source:shop.locations stg_customers stg_locations stg_orders stg_payments unit_test:orders.test_order_amounts [abcdefghijklmnopqrstuvw]
dbt ls --select config.enabled:TRUE
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 metricflow_time_spine orders orders_snapshot raw_customers raw_orders raw_payments source:shop.events source:shop.locations stg_customers stg_locations stg_orders stg_payments unit_test:orders.test_order_amounts [abcdefghijklmnopqrstuvw]
dbt ls --select config.enabled:false
  -
  ! The selection criterion 'config.enabled:false' does not match any enabled nodes
  ! No nodes selected!
dbt ls --select config.severity:error
  [abcdefghijklmnopqrstuvw]
dbt ls --select config.severity:ERROR
  [abcdefghijklmnopqrstuvw]
dbt ls --select config.group:finance
  orders stg_payments unit_test:orders.test_order_amounts [acdfghijklpqtw]
dbt ls --select config.access:public
  customers orders unit_test:orders.test_order_amounts [adefghijklqst]
dbt ls --select config.nothing.at.all:x
  -
  ! The selection criterion 'config.nothing.at.all:x' does not match any enabled nodes
  ! No nodes selected!
dbt ls --select config:x
  -
  ! The selection criterion 'config:x' does not match any enabled nodes
  ! No nodes selected!
dbt ls --select config.strategy:check
  orders_snapshot
dbt ls --select config.check_cols:status
  orders_snapshot
dbt ls --select config.unique_key:order_id
  orders_snapshot
dbt ls --select group:finance
  orders stg_payments unit_test:orders.test_order_amounts [acdfghijklpqtw]
dbt ls --select group:operations
  dim_locations.v1 dim_locations.v2 dim_locations.v3 stg_locations [n]
dbt ls --select group:*
  dim_locations.v1 dim_locations.v2 dim_locations.v3 orders stg_locations stg_payments unit_test:orders.test_order_amounts [acdfghijklnpqtw]
dbt ls --select group:nobody
  -
  ! The selection criterion 'group:nobody' does not match any enabled nodes
  ! No nodes selected!
dbt ls --select access:public
  customers orders unit_test:orders.test_order_amounts [adefghijklqst]
dbt ls --select access:private
  stg_locations [n]
dbt ls --select access:protected
  dim_locations.v1 dim_locations.v2 dim_locations.v3 metricflow_time_spine stg_customers stg_orders stg_payments [bcmopuvw]
dbt ls --select access:pub*
  -
  ! The selection criterion 'access:pub*' does not match any enabled nodes
  ! No nodes selected!
dbt ls --select version:latest
  dim_locations.v2
dbt ls --select version:prerelease
  dim_locations.v3
dbt ls --select version:old
  dim_locations.v1
dbt ls --select version:none
  customers metricflow_time_spine orders stg_customers stg_locations stg_orders stg_payments unit_test:orders.test_order_amounts [abcdefghijklmnopqstuvw]
dbt ls --select dim_locations
  dim_locations.v1 dim_locations.v2 dim_locations.v3
dbt ls --select dim_locations.v1
  dim_locations.v1
dbt ls --select dim_locations_v1
  dim_locations.v1
dbt ls --select jaffle_shop.dim_locations.v2
  dim_locations.v2
dbt ls --select dim_locations.v9
  -
  ! The selection criterion 'dim_locations.v9' does not match any enabled nodes
  ! No nodes selected!
dbt ls --select resource_type:model
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 metricflow_time_spine orders stg_customers stg_locations stg_orders stg_payments unit_test:orders.test_order_amounts [abcdefghijklmnopqstuvw]
dbt ls --select resource_type:seed
  raw_customers raw_orders raw_payments
dbt ls --select resource_type:snapshot
  orders_snapshot
dbt ls --select resource_type:test
  [abcdefghijklmnopqrstuvw]
dbt ls --select resource_type:unit_test
  unit_test:orders.test_order_amounts
dbt ls --select resource_type:source
  source:shop.events source:shop.locations [r]
dbt ls --select resource_type:exposure
  exposure:weekly_report
dbt ls --select resource_type:metric
  metric:revenue
dbt ls --select resource_type:semantic_model
  semantic_model:orders
dbt ls --select resource_type:saved_query
  saved_query:revenue_by_month
dbt ls --select resource_type:analysis
  -
  ! The selection criterion 'resource_type:analysis' does not match any enabled nodes
  ! No nodes selected!
dbt ls --select test_type:generic
  [abcefghijklmnopqrstuvw]
dbt ls --select test_type:schema
  [abcefghijklmnopqrstuvw]
dbt ls --select test_type:singular
  [d]
dbt ls --select test_type:data
  [abcdefghijklmnopqrstuvw]
dbt ls --select test_type:unit
  unit_test:orders.test_order_amounts
dbt ls --select test_type:
  [abcdefghijklmnopqrstuvw]
dbt ls --select test_name:unique
  [stuvw]
dbt ls --select test_name:not_null
  [efghijklmnopr]
dbt ls --select test_name:*_*
  unit_test:orders.test_order_amounts [abcefghijklmnopr]
dbt ls --select test_name:test_order_amounts
  unit_test:orders.test_order_amounts
dbt ls --select unit_test:test_order_amounts
  unit_test:orders.test_order_amounts
dbt ls --select unit_test:*
  unit_test:orders.test_order_amounts
dbt ls --select unit_test:jaffle_shop.test_*
  unit_test:orders.test_order_amounts
dbt ls --select source:shop
  source:shop.events source:shop.locations [r]
dbt ls --select source:shop+
  dim_locations.v1 dim_locations.v2 dim_locations.v3 source:shop.events source:shop.locations stg_locations [nr]
dbt ls --select source:shop.locations
  source:shop.locations [r]
dbt ls --select source:shop.locations+
  dim_locations.v1 dim_locations.v2 dim_locations.v3 source:shop.locations stg_locations [nr]
dbt ls --select source:jaffle_shop.shop.events
  source:shop.events
dbt ls --select source:*
  source:shop.events source:shop.locations [r]
dbt ls --select source:shop.loc*
  source:shop.locations [r]
dbt ls --select shop
  -
  ! The selection criterion 'shop' does not match any enabled nodes
  ! No nodes selected!
dbt ls --select locations
  -
  ! The selection criterion 'locations' does not match any enabled nodes
  ! No nodes selected!
dbt ls --select exposure:*
  exposure:weekly_report
dbt ls --select exposure:weekly_report
  exposure:weekly_report
dbt ls --select +exposure:weekly_report
  customers exposure:weekly_report orders raw_customers raw_orders raw_payments stg_customers stg_orders stg_payments unit_test:orders.test_order_amounts [abcdefghijklmopqstuvw]
dbt ls --select exposure:jaffle_shop.weekly_report
  exposure:weekly_report
dbt ls --select weekly_report
  exposure:weekly_report
dbt ls --select metric:revenue
  metric:revenue
dbt ls --select metric:*
  metric:revenue
dbt ls --select +metric:revenue
  metric:revenue orders raw_orders raw_payments semantic_model:orders stg_orders stg_payments unit_test:orders.test_order_amounts [abcdfghijklopqtvw]
dbt ls --select semantic_model:orders
  semantic_model:orders
dbt ls --select +semantic_model:*
  orders raw_orders raw_payments semantic_model:orders stg_orders stg_payments unit_test:orders.test_order_amounts [abcdfghijklopqtvw]
dbt ls --select saved_query:*
  saved_query:revenue_by_month
dbt ls --select +saved_query:revenue_by_month
  metric:revenue orders raw_orders raw_payments saved_query:revenue_by_month semantic_model:orders stg_orders stg_payments unit_test:orders.test_order_amounts [abcdfghijklopqtvw]
dbt ls --select 1+saved_query:revenue_by_month
  metric:revenue saved_query:revenue_by_month
dbt ls --select orders
  orders semantic_model:orders unit_test:orders.test_order_amounts [adfghijklqt]
dbt ls --select orders+
  exposure:weekly_report metric:revenue orders orders_snapshot saved_query:revenue_by_month semantic_model:orders unit_test:orders.test_order_amounts [adfghijklqt]
dbt ls --select +orders
  orders raw_orders raw_payments semantic_model:orders stg_orders stg_payments unit_test:orders.test_order_amounts [abcdfghijklopqtvw]
dbt ls --select +orders+
  exposure:weekly_report metric:revenue orders orders_snapshot raw_orders raw_payments saved_query:revenue_by_month semantic_model:orders stg_orders stg_payments unit_test:orders.test_order_amounts [abcdfghijklopqtvw]
dbt ls --select 1+orders
  orders semantic_model:orders stg_orders stg_payments unit_test:orders.test_order_amounts [abcdfghijklopqtvw]
dbt ls --select 2+orders
  orders raw_orders raw_payments semantic_model:orders stg_orders stg_payments unit_test:orders.test_order_amounts [abcdfghijklopqtvw]
dbt ls --select 0+orders
  orders semantic_model:orders unit_test:orders.test_order_amounts [adfghijklqt]
dbt ls --select orders+1
  exposure:weekly_report metric:revenue orders orders_snapshot semantic_model:orders unit_test:orders.test_order_amounts [adfghijklqt]
dbt ls --select stg_orders+1
  customers orders stg_orders unit_test:orders.test_order_amounts [abdefghijkloqstv]
dbt ls --select stg_orders+2
  customers exposure:weekly_report orders orders_snapshot semantic_model:orders stg_orders unit_test:orders.test_order_amounts [abdefghijkloqstv]
dbt ls --select raw_orders+1
  raw_orders stg_orders [bov]
dbt ls --select 1+orders+1
  exposure:weekly_report metric:revenue orders orders_snapshot semantic_model:orders stg_orders stg_payments unit_test:orders.test_order_amounts [abcdfghijklopqtvw]
dbt ls --select @stg_orders
  customers exposure:weekly_report metric:revenue orders orders_snapshot raw_customers raw_orders raw_payments saved_query:revenue_by_month semantic_model:orders stg_customers stg_orders stg_payments unit_test:orders.test_order_amounts [abcdefghijklmopqstuvw]
dbt ls --select @raw_payments
  customers exposure:weekly_report metric:revenue orders orders_snapshot raw_customers raw_orders raw_payments saved_query:revenue_by_month semantic_model:orders stg_customers stg_orders stg_payments unit_test:orders.test_order_amounts [abcdefghijklmopqstuvw]
dbt ls --select @+orders
  customers exposure:weekly_report metric:revenue orders orders_snapshot raw_customers raw_orders raw_payments saved_query:revenue_by_month semantic_model:orders stg_customers stg_orders stg_payments unit_test:orders.test_order_amounts [abcdefghijklmopqstuvw]
dbt ls --select ++orders
  -
  ! The selection criterion '++orders' does not match any enabled nodes
  ! No nodes selected!
dbt ls --select orders++
  -
  ! The selection criterion 'orders++' does not match any enabled nodes
  ! No nodes selected!
dbt ls --select +
  -
  ! The selection criterion '+' does not match any enabled nodes
  ! No nodes selected!
dbt ls --select @
  -
  ! The selection criterion '@' does not match any enabled nodes
  ! No nodes selected!
dbt ls --select 3
  -
  ! The selection criterion '3' does not match any enabled nodes
  ! No nodes selected!
dbt ls --select customers orders
  customers orders semantic_model:orders unit_test:orders.test_order_amounts [adefghijklqst]
dbt ls --select "customers orders"
  customers orders semantic_model:orders unit_test:orders.test_order_amounts [adefghijklqst]
dbt ls --select "customers  orders"
  customers orders semantic_model:orders unit_test:orders.test_order_amounts [adefghijklqst]
  ! The selection criterion '' does not match any enabled nodes
dbt ls --select customers --select orders
  customers orders semantic_model:orders unit_test:orders.test_order_amounts [adefghijklqst]
dbt ls -s customers -s orders
  customers orders semantic_model:orders unit_test:orders.test_order_amounts [adefghijklqst]
dbt ls --select=customers
  customers [eqs]
dbt ls -scustomers
  customers [eqs]
dbt ls --select tag:nightly,config.materialized:table
  customers orders unit_test:orders.test_order_amounts [adefghijklqst]
dbt ls --select stg_orders+,stg_payments+
  customers exposure:weekly_report metric:revenue orders orders_snapshot saved_query:revenue_by_month semantic_model:orders unit_test:orders.test_order_amounts [adefghijklqst]
dbt ls --select +orders,tag:staging
  stg_orders stg_payments [bcopvw]
dbt ls --select "tag:nightly, tag:finance"
  orders stg_payments unit_test:orders.test_order_amounts [acdfghijklpqtw]
  ! The selection criterion 'tag:nightly,' does not match any enabled nodes
dbt ls --select tag:nightly,tag:none
  -
  ! The selection criterion 'tag:nightly,tag:none' does not match any enabled nodes
  ! No nodes selected!
dbt ls --select tag:nightly,tag:finance customers
  customers orders unit_test:orders.test_order_amounts [adefghijklqst]
dbt ls --select ,
  -
  ! The selection criterion ',' does not match any enabled nodes
  ! No nodes selected!
dbt ls --select customers,
  -
  ! The selection criterion 'customers,' does not match any enabled nodes
  ! No nodes selected!
dbt ls --exclude tag:staging
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 exposure:weekly_report metric:revenue metricflow_time_spine orders orders_snapshot raw_customers raw_orders raw_payments saved_query:revenue_by_month semantic_model:orders source:shop.events source:shop.locations unit_test:orders.test_order_amounts [adefghijklqrst]
dbt ls --exclude customers orders
  dim_locations.v1 dim_locations.v2 dim_locations.v3 exposure:weekly_report metric:revenue metricflow_time_spine orders_snapshot raw_customers raw_orders raw_payments saved_query:revenue_by_month source:shop.events source:shop.locations stg_customers stg_locations stg_orders stg_payments [bcmnopruvw]
dbt ls --select +orders --exclude stg_payments
  orders raw_orders raw_payments semantic_model:orders stg_orders unit_test:orders.test_order_amounts [abdfghijkloqtv]
dbt ls --select +orders --exclude +stg_payments
  orders raw_orders semantic_model:orders stg_orders unit_test:orders.test_order_amounts [abdfghijkloqtv]
dbt ls --exclude config.materialized:view,tag:finance
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 exposure:weekly_report metric:revenue metricflow_time_spine orders orders_snapshot raw_customers raw_orders raw_payments saved_query:revenue_by_month semantic_model:orders source:shop.events source:shop.locations stg_customers stg_locations stg_orders unit_test:orders.test_order_amounts [abdefghijklmnoqrstuv]
dbt ls --exclude nothing
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 exposure:weekly_report metric:revenue metricflow_time_spine orders orders_snapshot raw_customers raw_orders raw_payments saved_query:revenue_by_month semantic_model:orders source:shop.events source:shop.locations stg_customers stg_locations stg_orders stg_payments unit_test:orders.test_order_amounts [abcdefghijklmnopqrstuvw]
  ! The selection criterion 'nothing' does not match any enabled nodes
dbt ls --select orders --exclude relationships_orders_customer_id__customer_id__ref_customers_
  orders semantic_model:orders unit_test:orders.test_order_amounts [adfghijklt]
dbt ls --exclude test_type:data
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 exposure:weekly_report metric:revenue metricflow_time_spine orders orders_snapshot raw_customers raw_orders raw_payments saved_query:revenue_by_month semantic_model:orders source:shop.events source:shop.locations stg_customers stg_locations stg_orders stg_payments unit_test:orders.test_order_amounts
dbt ls --resource-type model
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 metricflow_time_spine orders stg_customers stg_locations stg_orders stg_payments
dbt ls --resource-type model seed
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 metricflow_time_spine orders raw_customers raw_orders raw_payments stg_customers stg_locations stg_orders stg_payments
dbt ls --resource-type model --resource-type seed
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 metricflow_time_spine orders raw_customers raw_orders raw_payments stg_customers stg_locations stg_orders stg_payments
dbt ls --resource-types test
  [abcdefghijklmnopqrstuvw]
dbt ls --resource-type all
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 exposure:weekly_report metric:revenue metricflow_time_spine orders orders_snapshot raw_customers raw_orders raw_payments saved_query:revenue_by_month semantic_model:orders source:shop.events source:shop.locations stg_customers stg_locations stg_orders stg_payments unit_test:orders.test_order_amounts [abcdefghijklmnopqrstuvw]
dbt ls --resource-type default
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 exposure:weekly_report metric:revenue metricflow_time_spine orders orders_snapshot raw_customers raw_orders raw_payments saved_query:revenue_by_month semantic_model:orders source:shop.events source:shop.locations stg_customers stg_locations stg_orders stg_payments unit_test:orders.test_order_amounts [abcdefghijklmnopqrstuvw]
dbt ls --exclude-resource-type test
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 exposure:weekly_report metric:revenue metricflow_time_spine orders orders_snapshot raw_customers raw_orders raw_payments saved_query:revenue_by_month semantic_model:orders source:shop.events source:shop.locations stg_customers stg_locations stg_orders stg_payments unit_test:orders.test_order_amounts
dbt ls --exclude-resource-type test unit_test
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 exposure:weekly_report metric:revenue metricflow_time_spine orders orders_snapshot raw_customers raw_orders raw_payments saved_query:revenue_by_month semantic_model:orders source:shop.events source:shop.locations stg_customers stg_locations stg_orders stg_payments
dbt ls --exclude-resource-types unit_test --select orders
  orders semantic_model:orders [adfghijklqt]
dbt ls --resource-type model --select staging
  stg_customers stg_locations stg_orders stg_payments
dbt ls --models staging
  stg_customers stg_locations stg_orders stg_payments
dbt ls -m staging
  stg_customers stg_locations stg_orders stg_payments
dbt ls --model staging
  stg_customers stg_locations stg_orders stg_payments
dbt ls --select :a
  -
  ! The selection criterion ':a' does not match any enabled nodes
  ! No nodes selected!
dbt ls --select tag:a:b
  -
  ! The selection criterion 'tag:a:b' does not match any enabled nodes
  ! No nodes selected!
dbt ls --select a-b:c
  -
  ! The selection criterion 'a-b:c' does not match any enabled nodes
  ! No nodes selected!
dbt ls --select nothing
  -
  ! The selection criterion 'nothing' does not match any enabled nodes
  ! No nodes selected!
dbt ls --select nothing customers
  customers [eqs]
  ! The selection criterion 'nothing' does not match any enabled nodes
dbt ls --select ""
  -
  ! The selection criterion '' does not match any enabled nodes
  ! No nodes selected!
dbt ls --select orders --indirect-selection cautious
  orders semantic_model:orders unit_test:orders.test_order_amounts [adfghijklt]
dbt ls --select orders customers --indirect-selection cautious
  customers orders semantic_model:orders unit_test:orders.test_order_amounts [adefghijklqst]
dbt ls --select orders --indirect-selection buildable
  orders semantic_model:orders unit_test:orders.test_order_amounts [adfghijklt]
dbt ls --select customers --indirect-selection buildable
  customers [es]
dbt ls --select customers+ --indirect-selection buildable
  customers exposure:weekly_report [eqs]
dbt ls --select orders --indirect-selection empty
  orders semantic_model:orders unit_test:orders.test_order_amounts
dbt ls --select customers --indirect-selection eager
  customers [eqs]
dbt ls --select orders,tag:nightly customers --indirect-selection cautious
  customers orders unit_test:orders.test_order_amounts [adefghijklqst]
dbt ls --select stg_locations --indirect-selection buildable
  stg_locations [n]
dbt ls --select source:shop --indirect-selection cautious
  source:shop.events source:shop.locations [r]
dbt ls --exclude orders --indirect-selection cautious
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 exposure:weekly_report metric:revenue metricflow_time_spine orders_snapshot raw_customers raw_orders raw_payments saved_query:revenue_by_month source:shop.events source:shop.locations stg_customers stg_locations stg_orders stg_payments [bcemnopqrsuvw]
dbt ls --exclude orders --indirect-selection buildable
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 exposure:weekly_report metric:revenue metricflow_time_spine orders_snapshot raw_customers raw_orders raw_payments saved_query:revenue_by_month source:shop.events source:shop.locations stg_customers stg_locations stg_orders stg_payments [bcemnopqrsuvw]
dbt ls --exclude customers --indirect-selection empty
  dim_locations.v1 dim_locations.v2 dim_locations.v3 exposure:weekly_report metric:revenue metricflow_time_spine orders orders_snapshot raw_customers raw_orders raw_payments saved_query:revenue_by_month semantic_model:orders source:shop.events source:shop.locations stg_customers stg_locations stg_orders stg_payments unit_test:orders.test_order_amounts [abcdefghijklmnopqrstuvw]
dbt ls --select orders --indirect-selection EMPTY
  orders semantic_model:orders unit_test:orders.test_order_amounts
dbt build
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 metricflow_time_spine orders orders_snapshot raw_customers raw_orders raw_payments saved_query:revenue_by_month stg_customers stg_locations stg_orders stg_payments unit_test:orders.test_order_amounts [abcdefghijklmnopqrstuvw]
dbt build --select orders
  orders unit_test:orders.test_order_amounts [adfghijklqt]
dbt build --select +orders --exclude test_type:unit
  orders raw_orders raw_payments stg_orders stg_payments [abcdfghijklopqtvw]
dbt build --select resource_type:model
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 metricflow_time_spine orders stg_customers stg_locations stg_orders stg_payments unit_test:orders.test_order_amounts [abcdefghijklmnopqstuvw]
dbt build --select saved_query:*
  saved_query:revenue_by_month
dbt build --select source:*
  [r]
dbt build --select exposure:*
  -
  ! Nothing to do. Try checking your model configs and model specification args
dbt build --resource-type model
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 metricflow_time_spine orders stg_customers stg_locations stg_orders stg_payments
dbt build --resource-type test
  [abcdefghijklmnopqrstuvw]
dbt build --exclude-resource-type test
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 metricflow_time_spine orders orders_snapshot raw_customers raw_orders raw_payments saved_query:revenue_by_month stg_customers stg_locations stg_orders stg_payments unit_test:orders.test_order_amounts
dbt build --exclude-resource-type unit_test
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 metricflow_time_spine orders orders_snapshot raw_customers raw_orders raw_payments saved_query:revenue_by_month stg_customers stg_locations stg_orders stg_payments [abcdefghijklmnopqrstuvw]
dbt build --select stg_orders+ --exclude-resource-type test unit_test snapshot
  customers orders saved_query:revenue_by_month stg_orders
dbt --fail-fast build --select customers
  customers [eqs]
dbt --warn-error-options '{"include": "all"}' build --select customers
  customers [eqs]
dbt build --threads=8
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 metricflow_time_spine orders orders_snapshot raw_customers raw_orders raw_payments saved_query:revenue_by_month stg_customers stg_locations stg_orders stg_payments unit_test:orders.test_order_amounts [abcdefghijklmnopqrstuvw]
dbt build --state a
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 metricflow_time_spine orders orders_snapshot raw_customers raw_orders raw_payments saved_query:revenue_by_month stg_customers stg_locations stg_orders stg_payments unit_test:orders.test_order_amounts [abcdefghijklmnopqrstuvw]
dbt build --models orders --select customers
  customers orders unit_test:orders.test_order_amounts [adefghijklqst]
dbt run
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 metricflow_time_spine orders stg_customers stg_locations stg_orders stg_payments
dbt run --select staging
  stg_customers stg_locations stg_orders stg_payments
dbt run -m stg_orders stg_payments
  stg_orders stg_payments
dbt run --models +orders
  orders stg_orders stg_payments
dbt run --select test_type:generic
  -
  ! Nothing to do. Try checking your model configs and model specification args
dbt run --select orders,tag:finance
  orders
dbt run --select source:shop+
  dim_locations.v1 dim_locations.v2 dim_locations.v3 stg_locations
dbt run --full-refresh --select version:latest
  dim_locations.v2
dbt test
  unit_test:orders.test_order_amounts [abcdefghijklmnopqrstuvw]
dbt test --select orders
  unit_test:orders.test_order_amounts [adfghijklqt]
dbt test -s staging
  [bcmnopruvw]
dbt test --select test_type:singular
  [d]
dbt test --select test_type:unit
  unit_test:orders.test_order_amounts
dbt test --resource-type unit_test
  unit_test:orders.test_order_amounts
dbt test --resource-type test
  [abcdefghijklmnopqrstuvw]
dbt test --exclude-resource-type unit_test
  [abcdefghijklmnopqrstuvw]
dbt test --resource-type model
  -
  ! Nothing to do. Try checking your model configs and model specification args
dbt test --select source:*
  [r]
dbt test --store-failures --select customers
  [eqs]
dbt test --select tag:nightly
  unit_test:orders.test_order_amounts [adefghijklqst]
dbt test --select orders --indirect-selection cautious
  unit_test:orders.test_order_amounts [adfghijklt]
dbt seed
  raw_customers raw_orders raw_payments
dbt seed --select raw_orders
  raw_orders
dbt seed --show --full-refresh -s raw_*
  raw_customers raw_orders raw_payments
dbt seed -s orders
  -
  ! Nothing to do. Try checking your model configs and model specification args
dbt snapshot
  orders_snapshot
dbt snapshot --select orders_snapshot
  orders_snapshot
dbt snapshot --select orders+
  orders_snapshot
dbt source freshness
  source:shop.events
dbt source freshness --select source:shop.events
  source:shop.events
dbt source freshness --select source:shop.locations
  -
  ! Nothing to do. Try checking your model configs and model specification args
dbt source freshness --select shop
  -
  ! The selection criterion 'shop' does not match any enabled nodes
  ! Nothing to do. Try checking your model configs and model specification args
dbt source snapshot-freshness
  source:shop.events
dbt docs generate
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 metricflow_time_spine orders orders_snapshot raw_customers raw_orders raw_payments stg_customers stg_locations stg_orders stg_payments [abcdefghijklmnopqrstuvw]
dbt docs generate --select orders
  orders [adfghijklqt]
dbt docs generate --empty-catalog --static
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 metricflow_time_spine orders orders_snapshot raw_customers raw_orders raw_payments stg_customers stg_locations stg_orders stg_payments [abcdefghijklmnopqrstuvw]
dbt compile
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 metricflow_time_spine orders orders_snapshot raw_customers raw_orders raw_payments stg_customers stg_locations stg_orders stg_payments [abcdefghijklmnopqrstuvw]
dbt compile --select orders
  orders [adfghijklqt]
dbt compile --select staging
  stg_customers stg_locations stg_orders stg_payments [bcmnopruvw]
dbt show --select orders
  orders [adfghijklqt]
dbt show --select orders --limit 5
  orders [adfghijklqt]
dbt list --select orders --output name
  orders semantic_model:orders unit_test:orders.test_order_amounts [adfghijklqt]
dbt ls --output json --output-keys "name resource_type" --select customers
  customers [eqs]
dbt clone
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 metricflow_time_spine orders orders_snapshot raw_customers raw_orders raw_payments stg_customers stg_locations stg_orders stg_payments
dbt clone --state a
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 metricflow_time_spine orders orders_snapshot raw_customers raw_orders raw_payments stg_customers stg_locations stg_orders stg_payments
dbt clone --select orders
  orders
dbt ls --select 'orders'
  orders semantic_model:orders unit_test:orders.test_order_amounts [adfghijklqt]
dbt test --select '+metric:revenue'
  unit_test:orders.test_order_amounts [abcdfghijklopqtvw]
dbt build --select 'config.on_schema_change:ignore+2,staging'
  stg_customers stg_locations stg_orders stg_payments [bcmnopuvw]
dbt ls --select '@source:shop' 'path:models/staging+,+raw_orders+2' --indirect-selection empty
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 orders source:shop.events source:shop.locations stg_locations stg_orders [bnorv]
dbt build --select '+access:public' '+orders_snapshot,tag:staging+,@config.access:protected' --indirect-selection empty
  customers orders orders_snapshot raw_customers raw_orders raw_payments stg_customers stg_orders stg_payments
dbt ls --select '2+unit_test:*+' '@[a-z]*,source:shop+,1+group:finance+'
  orders stg_orders stg_payments unit_test:orders.test_order_amounts [abcdfghijklopqtvw]
  ! The selection criterion '@[a-z]*,source:shop+,1+group:finance+' does not match any enabled nodes
dbt test --select '2+weekly_report+1' --resource-type snapshot unit_test
  unit_test:orders.test_order_amounts
dbt seed --select '@staging' '2+dim_locations+1,@file:schema.yml,config.lookback:1' --indirect-selection empty
  raw_customers raw_orders raw_payments
  ! The selection criterion '2+dim_locations+1,@file:schema.yml,config.lookback:1' does not match any enabled nodes
dbt ls --select '2+assert_order_amounts_are_positive,2+config.contract.enforced:false+' --indirect-selection eager
  orders stg_orders stg_payments unit_test:orders.test_order_amounts [abcdfghijklopqtvw]
dbt snapshot --select '1+config.contract.enforced:false+1'
  orders_snapshot
dbt ls --select '+*_*+1' --exclude 'jaffle_shop.staging.*+1'
  exposure:weekly_report metric:revenue metricflow_time_spine orders_snapshot raw_customers raw_orders raw_payments saved_query:revenue_by_month semantic_model:orders source:shop.locations
dbt test --select '1+*_*+,relationships_orders_customer_id__customer_id__ref_customers_,@models/*.sql' 'package:this+1' --indirect-selection cautious
  unit_test:orders.test_order_amounts [abcdefghijklmnopqrstuvw]
dbt build --select 'config.on_schema_change:ignore' '+file:schema.yml+' --indirect-selection empty --exclude-resource-type test
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 metricflow_time_spine orders orders_snapshot raw_customers raw_orders raw_payments stg_customers stg_locations stg_orders stg_payments unit_test:orders.test_order_amounts
dbt ls --select 'path:**/staging+2' --exclude '@test_name:unique'
  dim_locations.v1 dim_locations.v2 dim_locations.v3 exposure:weekly_report orders_snapshot semantic_model:orders source:shop.events source:shop.locations stg_locations [nr]
dbt ls --select '+path:models/../seeds+2,customers,@weekly_report' '2+tag:staging+2,tag:staging+1' --exclude-resource-type test
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 orders stg_customers stg_locations stg_orders stg_payments unit_test:orders.test_order_amounts
  ! The selection criterion '+path:models/../seeds+2,customers,@weekly_report' does not match any enabled nodes
dbt ls --select 'assert_order_amounts_are_positive+2' --indirect-selection cautious --exclude-resource-type unit_test
  [d]
dbt build --select '1+source:shop+2' --indirect-selection empty
  dim_locations.v1 dim_locations.v2 dim_locations.v3 stg_locations [nr]
dbt run --select '1+config.contract.enforced:false+' --exclude '2+tag:nightly+2'
  dim_locations.v1 dim_locations.v2 dim_locations.v3 metricflow_time_spine stg_locations
dbt run --select '1+unit_test:*+1' --indirect-selection buildable
  orders
dbt ls --exclude-resource-type test
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 exposure:weekly_report metric:revenue metricflow_time_spine orders orders_snapshot raw_customers raw_orders raw_payments saved_query:revenue_by_month semantic_model:orders source:shop.events source:shop.locations stg_customers stg_locations stg_orders stg_payments unit_test:orders.test_order_amounts
dbt build --select 'saved_query:*' 'file:schema.yml,@raw_orders'
  saved_query:revenue_by_month unit_test:orders.test_order_amounts [abcefghijklmopqstuvw]
dbt test --select '1+raw_orders+2'
  unit_test:orders.test_order_amounts [abdefghijkloqstv]
dbt test --select '2+[a-z]*+'
  unit_test:orders.test_order_amounts [abcdefghijklmnopqrstuvw]
dbt test --select '@config.docs.show:true' '+file:schema.yml+1,[a-z]*' --exclude '+raw_orders'
  unit_test:orders.test_order_amounts [abcdefghijklmnopqrstuvw]
dbt ls --select '+test_type:data,unit_test:*,+raw_orders' 'source:shop.locations'
  source:shop.locations [r]
  ! The selection criterion '+test_type:data,unit_test:*,+raw_orders' does not match any enabled nodes
dbt build --select '2+weekly_report' --resource-type unit_test model
  customers orders stg_customers stg_orders stg_payments unit_test:orders.test_order_amounts
dbt run --select 'jaffle_shop.staging.*+2' --indirect-selection empty
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 orders stg_customers stg_locations stg_orders stg_payments
dbt ls --select '+jaffle_shop+2' --exclude 'semantic_model:*+1,2+relationships_orders_customer_id__customer_id__ref_customers_' 'group:finance+'
  dim_locations.v1 dim_locations.v2 dim_locations.v3 metricflow_time_spine raw_customers raw_orders raw_payments source:shop.locations stg_customers stg_locations stg_orders [bmnoruv]
  ! The selection criterion 'semantic_model:*+1,2+relationships_orders_customer_id__customer_id__ref_customers_' does not match any enabled nodes
dbt ls --select 'test_type:sing+2' --indirect-selection buildable
  [d]
dbt build --select 'path:models/../seeds,config.lookback:1,1+unit_test:*' '1+stg_orders+2' --indirect-selection eager --resource-type test seed
  raw_orders [abdefghijkloqstv]
  ! The selection criterion 'path:models/../seeds,config.lookback:1,1+unit_test:*' does not match any enabled nodes
dbt build --select 'models/*.sql+,s*g.*+1' 'raw_orders' --exclude-resource-type seed
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 orders unit_test:orders.test_order_amounts [adefghijklqst]
dbt test --select '+resource_type:snapshot+1' --exclude-resource-type snapshot
  unit_test:orders.test_order_amounts [abcdfghijklopqtvw]
dbt ls --select '2+test_type:sing' --exclude '+source:shop.locations' '@customers,tag:staging,relationships_orders_customer_id__customer_id__ref_customers_+2' --indirect-selection cautious
  orders stg_orders stg_payments unit_test:orders.test_order_amounts [abcdfghijkloptvw]
  ! The selection criterion '@customers,tag:staging,relationships_orders_customer_id__customer_id__ref_customers_+2' does not match any enabled nodes
dbt ls --select 'unit_test:*+1,+semantic_model:*'
  unit_test:orders.test_order_amounts
dbt ls --select 'source:shop.locations+2' 'orders_snapshot' --resource-type test unit_test
  [nr]
dbt seed --select '+s*g.*'
  raw_customers raw_orders raw_payments
dbt ls --select 'dim_locations.v2+1'
  dim_locations.v2
dbt test --exclude '2+jaffle_shop+,resource_type:snapshot,1+config.materialized:view' '+[a-z]*,access:public,2+weekly_report' --indirect-selection buildable
  [bcmnopruvw]
  ! The selection criterion '2+jaffle_shop+,resource_type:snapshot,1+config.materialized:view' does not match any enabled nodes
dbt run --select '+config.docs.show:true,fqn:*.*.*' --exclude '+config.lookback:1' '@orders_snapshot,2+path:models/staging,2+assert_order_amounts_are_positive'
  dim_locations.v1 dim_locations.v2 dim_locations.v3 stg_customers stg_locations
  ! The selection criterion '+config.lookback:1' does not match any enabled nodes
dbt ls --select 'test_type:data+1' --exclude '@test_type:sing' --indirect-selection empty
  [abcefghijklmnopqrstuvw]
dbt snapshot --select 'fqn:*.*.*' --exclude 'group:finance' --indirect-selection eager
  orders_snapshot
dbt compile --select 'config.tags:staging'
  stg_customers stg_locations stg_orders stg_payments [bcmnopuvw]
dbt seed
  raw_customers raw_orders raw_payments
dbt ls --resource-type unit_test snapshot --exclude-resource-type model
  orders_snapshot unit_test:orders.test_order_amounts
dbt run --select '1+config.docs.show:true'
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 metricflow_time_spine orders stg_customers stg_locations stg_orders stg_payments
dbt build --select '2+orders' --exclude 'dim_locations.v2' '+file:schema.yml,@metric:revenue,1+stg_payments' --indirect-selection buildable
  orders raw_orders stg_orders unit_test:orders.test_order_amounts [abdfghijklotv]
dbt snapshot --select 'tag:nightly' '2+group:finance+1,+jaffle_shop'
  orders_snapshot
dbt ls --select 'semantic_model:*' --indirect-selection cautious
  semantic_model:orders
dbt run --select '2+assert_order_amounts_are_positive+' --exclude 'source_not_null_shop_locations_id' --indirect-selection cautious
  orders stg_orders stg_payments
dbt ls --select '+exposure:*+2,1+config.contract.enforced:false+2,+package:this' '2+source:shop.locations+' --indirect-selection empty --exclude-resource-type test
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 exposure:weekly_report orders raw_customers raw_orders raw_payments source:shop.locations stg_customers stg_locations stg_orders stg_payments
dbt run --select '1+config.docs.show:true+1' '+semantic_model:*,models/*.sql+,2+test_type:sing' --indirect-selection empty
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 metricflow_time_spine orders stg_customers stg_locations stg_orders stg_payments
dbt build --select '2+stg_orders+2,@models/*.sql,@stg_payments' '1+resource_type:snapshot+1' --exclude '2+raw_orders' --exclude-resource-type seed
  customers orders orders_snapshot stg_orders unit_test:orders.test_order_amounts [abdefghijkloqstv]
dbt run
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 metricflow_time_spine orders stg_customers stg_locations stg_orders stg_payments
dbt build --select 'config.contract.enforced:false,orders+2' --exclude-resource-type seed
  orders orders_snapshot unit_test:orders.test_order_amounts [adfghijklqt]
dbt ls --select 'fqn:*.*.*+2' --exclude '2+jaffle_shop.staging.*' 'orders' --indirect-selection eager
  customers dim_locations.v1 dim_locations.v2 dim_locations.v3 exposure:weekly_report orders_snapshot [es]
dbt ls --select '2+stg_orders+1' --indirect-selection eager
  customers orders raw_orders stg_orders unit_test:orders.test_order_amounts [abdefghijkloqstv]
dbt test --select '1+path:models/../seeds+1' 'group:finance+,+config.access:protected'
  [cpw]
  ! The selection criterion '1+path:models/../seeds+1' does not match any enabled nodes
dbt test --select '@test_type:data,@source:shop.locations' --indirect-selection empty
  [nr]
dbt ls --select '@fqn:*.*.*' '+assert_order_amounts_are_positive,source_not_null_shop_locations_id+' --exclude '1+*_*+,1+tag:nightly+2,1+source:shop' --resource-type unit_test snapshot
  orders_snapshot unit_test:orders.test_order_amounts
  ! The selection criterion '+assert_order_amounts_are_positive,source_not_null_shop_locations_id+' does not match any enabled nodes
  ! The selection criterion '1+*_*+,1+tag:nightly+2,1+source:shop' does not match any enabled nodes
dbt compile --select '@s*g.*,2+weekly_report+' --indirect-selection cautious
  customers orders stg_customers stg_orders stg_payments [abcdefghijklmopqstuvw]
dbt test --select 'semantic_model:*,unit_test:*' 'config.access:protected'
  [bcmopuvw]
  ! The selection criterion 'semantic_model:*,unit_test:*' does not match any enabled nodes
dbt seed --select '2+raw_orders,@unit_test:*,*_*' '@models/*.sql'
  raw_customers raw_orders raw_payments
dbt run --select '+unit_test:*'
  orders stg_orders stg_payments
dbt test --select '2+path:models/staging+2'
  unit_test:orders.test_order_amounts [abcdefghijklmnopqrstuvw]
dbt seed --indirect-selection eager
  raw_customers raw_orders raw_payments
dbt test
  unit_test:orders.test_order_amounts [abcdefghijklmnopqrstuvw]
dbt snapshot --select 'resource_type:snapshot+' '+path:**/staging+1,@jaffle_shop.staging.*,1+group:finance' --indirect-selection eager
  orders_snapshot
dbt ls --select '@jaffle_shop' --resource-type seed test
  raw_customers raw_orders raw_payments [abcdefghijklmnopqrstuvw]
dbt test --select 'access:public+2,1+stg_orders+2,@staging' --indirect-selection buildable
  unit_test:orders.test_order_amounts [adefghijklqst]
dbt seed --select '2+jaffle_shop' --indirect-selection eager
  raw_customers raw_orders raw_payments
dbt ls --select 'source_not_null_shop_locations_id' --indirect-selection eager
  [r]
dbt test --select '1+config.materialized:view+2' 'resource_type:snapshot,2+models/*.sql' --exclude '1+exposure:*,1+source_not_null_shop_locations_id,path:**/staging+1' --resource-type model test
  [abcdefghijklmnopqrstuvw]
  ! The selection criterion 'resource_type:snapshot,2+models/*.sql' does not match any enabled nodes
  ! The selection criterion '1+exposure:*,1+source_not_null_shop_locations_id,path:**/staging+1' does not match any enabled nodes
dbt build --select 'relationships_orders_customer_id__customer_id__ref_customers_,test_type:sing' 'orders_snapshot'
  orders_snapshot
  ! The selection criterion 'relationships_orders_customer_id__customer_id__ref_customers_,test_type:sing' does not match any enabled nodes
dbt ls --select 'tag:nightly,1+config.contract.enforced:false' --indirect-selection eager --exclude-resource-type unit_test
  customers orders [adefghijklqst]
dbt compile --select '+semantic_model:*' 'version:old+2' --indirect-selection cautious
  dim_locations.v1 orders raw_orders raw_payments stg_orders stg_payments [abcdfghijkloptvw]
dbt build --select '1+orders+1' '@config.access:protected,1+metric:revenue+,relationships_orders_customer_id__customer_id__ref_customers_+2' --indirect-selection buildable
  orders orders_snapshot stg_orders stg_payments unit_test:orders.test_order_amounts [abcdfghijklopqtvw]
  ! The selection criterion '@config.access:protected,1+metric:revenue+,relationships_orders_customer_id__customer_id__ref_customers_+2' does not match any enabled nodes
dbt ls --select '@source:shop.locations' --exclude '@source:shop,1+assert_order_amounts_are_positive,s*g.*+' --resource-type model test --exclude-resource-type seed
  dim_locations.v1 dim_locations.v2 dim_locations.v3 stg_locations [nr]
  ! The selection criterion '@source:shop,1+assert_order_amounts_are_positive,s*g.*+' does not match any enabled nodes
dbt ls --select 'path:**/staging+,+relationships_orders_customer_id__customer_id__ref_customers_' --indirect-selection buildable
  customers orders stg_customers stg_orders stg_payments unit_test:orders.test_order_amounts [abcdefghijklmopqstuvw]
dbt ls --select 'tag:nightly' --indirect-selection eager
  customers orders unit_test:orders.test_order_amounts [adefghijklqst]
dbt ls --select '1+stg_orders,assert_order_amounts_are_positive+' 'source_not_null_shop_locations_id,2+s*g.*+,@[a-z]*' --resource-type model test
  [r]
  ! The selection criterion '1+stg_orders,assert_order_amounts_are_positive+' does not match any enabled nodes
`;

/** A command, and the error that dbt ends with. */
export const failures: ReadonlyArray<readonly [command: string, message: string]> = [
  [
    "dbt ls --select version:newest",
    'Runtime Error\n  Invalid version type selector newest: expected one of: "latest", "prerelease", "old", or "none"',
  ],
  ["dbt ls --select resource_type:models", 'Runtime Error\n  Invalid resource_type selector "models"'],
  [
    "dbt ls --select test_type:foo",
    'Runtime Error\n  Invalid test type selector foo: expected "generic", "singular", "unit", or "data"',
  ],
  [
    "dbt ls --select unit_test:a.b.c",
    'Runtime Error\n  Invalid unit test selector value "a.b.c". Saved queries must be of the form ${unit_test_name} or ${unit_test_package_name.unit_test_name}',
  ],
  [
    "dbt ls --select source:a.b.c.d",
    'Runtime Error\n  Invalid source selector value "a.b.c.d". Sources must be of the form `${source_name}`, `${source_name}.${target_name}`, or `${package_name}.${source_name}.${target_name}',
  ],
  [
    "dbt ls --select exposure:a.b.c",
    'Runtime Error\n  Invalid exposure selector value "a.b.c". Exposures must be of the form ${exposure_name} or ${exposure_package.exposure_name}',
  ],
  [
    "dbt ls --select metric:a.b.c",
    'Runtime Error\n  Invalid metric selector value "a.b.c". Metrics must be of the form ${metric_name} or ${metric_package.metric_name}',
  ],
  [
    "dbt ls --select semantic_model:a.b.c",
    'Runtime Error\n  Invalid semantic model selector value "a.b.c". Semantic models must be of the form ${semantic_model_name} or ${semantic_model_package.semantic_model_name}',
  ],
  [
    "dbt ls --select saved_query:a.b.c",
    'Runtime Error\n  Invalid saved query selector value "a.b.c". Saved queries must be of the form ${saved_query_name} or ${saved_query_package.saved_query_name}',
  ],
  [
    "dbt ls --select @orders+",
    'Runtime Error\n  Invalid node spec @orders+ - "@" prefix and "+" suffix are incompatible',
  ],
  ["dbt ls --resource-type MODEL", "'MODEL' is not a valid NodeType"],
  ["dbt ls --models a --select b", 'Runtime Error\n  "models" and "select" are mutually exclusive arguments'],
  [
    "dbt ls --models staging --resource-type seed",
    'Runtime Error\n  "models" and "resource_type" are mutually exclusive arguments',
  ],
  ["dbt ls --select xyz:a", "Runtime Error\n  'xyz' is not a valid method name"],
  ["dbt ls --select xyz.a:b", "Runtime Error\n  'xyz' is not a valid method name"],
  ["dbt ls --select XYZ:", "Runtime Error\n  'XYZ' is not a valid method name"],
  ["dbt ls --select Tag:nightly", "Runtime Error\n  'Tag' is not a valid method name"],
  ["dbt ls --selector foo", "Runtime Error\n  Could not find selector named foo, expected one of []"],
  [
    "dbt ls --selector foo --select customers",
    "Runtime Error\n  Could not find selector named foo, expected one of []",
  ],
  ["dbt ls --select result:error", "Internal Error\n  No comparison run_results"],
  [
    "dbt ls --select source_status:fresher",
    "Internal Error\n  No previous state comparison freshness results in sources.json",
  ],
  [
    "dbt --warn-error build --select nothing",
    "Compilation Error\n  The selection criterion 'nothing' does not match any enabled nodes",
  ],
  ["dbt build --selector foo", "Runtime Error\n  Could not find selector named foo, expected one of []"],
];
