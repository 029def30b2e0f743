/**
 * The rows of the models `orders` and `customers` of the Jaffle Shop: 99 orders from January to April 2018, of 100
 * customers. They are the same in each sandbox. The Semantic Layer computes its metrics of them.
 *
 * @module
 */
import { hash } from "./stable_ids.ts";

/** An order. */
export interface Order {
  /** Its id. */
  readonly order_id: number;
  /** Who ordered. */
  readonly customer_id: number;
  /** The day. */
  readonly order_date: string;
  /** How far it is. */
  readonly status: string;
  /** What was paid, in dollars. */
  readonly amount: number;
}

/** A customer. */
export interface Customer {
  /** Its id. */
  readonly customer_id: number;
  /** The first name. */
  readonly first_name: string;
  /** The first letter of the last name, with a point. */
  readonly last_name: string;
  /** The day of the first order; null for a customer without orders. */
  readonly first_order: string | null;
}

const firstNames = ["Ada", "Blaise", "Carl", "Donna", "Edsger", "Frances", "Grace", "Hedy", "Ivan", "Joan"];

/** A number below `most`, the same for the same text. */
function draw(text: string, most: number): number {
  return parseInt(hash(text).slice(0, 7), 16) % most;
}

/** The orders, the oldest first. */
export const orders: ReadonlyArray<Order> = Array.from({ length: 99 }, (_, index) => {
  const order_id = index + 1;
  const open = ["placed", "shipped", "return_pending"];
  return {
    order_id,
    customer_id: 1 + draw(`customer of ${order_id}`, 100),
    order_date: new Date(Date.UTC(2018, 0, order_id)).toISOString().slice(0, 10),
    // Old orders have come to their end.
    status: order_id > 80 ? open[draw(`status ${order_id}`, 3)] ?? "" : order_id % 17 === 0 ? "returned" : "completed",
    amount: (100 + draw(`amount ${order_id}`, 2900)) / 100,
  };
});

/** The customers. */
export const customers: ReadonlyArray<Customer> = Array.from({ length: 100 }, (_, index) => {
  const customer_id = index + 1;
  return {
    customer_id,
    first_name: firstNames[index % firstNames.length] ?? "",
    last_name: `${String.fromCharCode(65 + draw(`last name ${customer_id}`, 26))}.`,
    first_order: orders.find((order) => order.customer_id === customer_id)?.order_date ?? null,
  };
});
