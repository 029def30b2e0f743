/**
 * Answers GraphQL requests: reads the document, refuses what the schema or the limits do not allow, and executes it with
 * the npm package `graphql`. `serve_request.ts` loads this file with the first query.
 *
 * @module
 */
import {
  defaultFieldResolver,
  type DocumentNode,
  execute,
  type ExecutionResult,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isNonNullType,
  Kind,
  parse,
  type SelectionSetNode,
  specifiedRules,
  validate,
} from "graphql";
import type { RequestFaults } from "../protocol/faults.ts";
import { isRow, jsonText, objectIn, type RawReply } from "../protocol/response_format.ts";

/** What a GraphQL endpoint answers with. */
export interface GraphQLEndpoint {
  /** Its schema. */
  readonly schema: GraphQLSchema;
  /** The value of the roots: properties, or functions of a field's arguments. */
  readonly root: unknown;
  /** The most rows times fields of a query; Infinity for no limit. */
  readonly complexityLimit: number;
}

/** Answers a request with this body. */
export async function answerGraphQL(
  body: unknown,
  { complexityLimit, root, schema }: GraphQLEndpoint,
  faults: RequestFaults,
): Promise<RawReply> {
  if (!isRow(body) || typeof body.query !== "string") {
    return refusal(
      400,
      new GraphQLError('The body has no query: expected {"query": …, "variables": …}.'),
      "BAD_REQUEST",
    );
  }
  const { operationName, query } = body;
  const variables = objectIn(body.variables);
  let document: DocumentNode;
  try {
    document = parse(query, { maxTokens: 20_000 });
  } catch (error) {
    if (error instanceof GraphQLError) return refusal(400, error, "GRAPHQL_PARSE_FAILED");
    throw error;
  }
  const mistakes = validate(schema, document, specifiedRules, { maxErrors: 20 });
  if (mistakes.length > 0) {
    return respond(400, { errors: mistakes.map((error) => coded(error, "GRAPHQL_VALIDATION_FAILED")) });
  }
  if (faults.take("graphql-error") !== undefined) {
    return refusal(200, new GraphQLError("Internal server error"), "INTERNAL_SERVER_ERROR");
  }
  if (faults.take("complexity") !== undefined || complexityOf(document, variables) > complexityLimit) {
    // https://github.com/datahub-project/datahub/issues/8567 has the code and the beginning of the message.
    return refusal(200, new GraphQLError("This query exceeds the complexity limit."), "COMPLEXITY_EXCEEDED");
  }
  const result = await execute({
    schema,
    document,
    rootValue: root,
    variableValues: variables,
    operationName: typeof operationName === "string" ? operationName : null,
    fieldResolver: faults.take("partial-data") === undefined ? defaultFieldResolver : failOnce(),
  });
  // A variable of a wrong type is found before anything is executed.
  return respond(result.data === undefined ? 400 : 200, result);
}

function respond(status: number, result: ExecutionResult | { readonly errors: ReadonlyArray<object> }): RawReply {
  return jsonText(status, result);
}

function refusal(status: number, error: GraphQLError, code: string): RawReply {
  return respond(status, { ...(status === 200 ? { data: null } : {}), errors: [coded(error, code)] });
}

function coded(error: GraphQLError, code: string): object {
  return { ...error.toJSON(), extensions: { code } };
}

/** The fault `partial-data`: the first nullable field of a row fails. */
function failOnce(): GraphQLFieldResolver<unknown, unknown> {
  let failed = false;
  return (source, args, context, info) => {
    if (!failed && !isNonNullType(info.returnType) && isInList(info.path)) {
      failed = true;
      throw new GraphQLError("The value could not be read.", { extensions: { code: "INTERNAL_SERVER_ERROR" } });
    }
    return defaultFieldResolver(source, args, context, info);
  };
}

function isInList(
  path: { readonly prev: Parameters<typeof isInList>[0] | undefined; readonly key: string | number },
): boolean {
  return typeof path.key === "number" || (path.prev !== undefined && isInList(path.prev));
}

/**
 * How much a query asks for: its fields without members, each times the rows that `first` allows at every list above it.
 * dbt Cloud does not publish how it counts.
 */
export function complexityOf(document: DocumentNode, variables: Readonly<Record<string, unknown>>): number {
  const fragments = new Map(
    document.definitions.filter((definition): definition is FragmentDefinitionNode =>
      definition.kind === Kind.FRAGMENT_DEFINITION
    ).map((fragment) => [fragment.name.value, fragment.selectionSet]),
  );
  const count = (set: SelectionSetNode | undefined, rows: number): number =>
    (set?.selections ?? []).reduce((sum, selection) => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return sum + count(fragments.get(selection.name.value), rows);
      if (selection.kind === Kind.INLINE_FRAGMENT) return sum + count(selection.selectionSet, rows);
      const first = selection.arguments?.find(({ name }) => name.value === "first")?.value;
      const given = first?.kind === Kind.VARIABLE
        ? Number(variables[first.name.value] ?? 1)
        : first?.kind === Kind.INT
        ? Number(first.value)
        : 1;
      return sum +
        (selection.selectionSet === undefined ? rows : count(selection.selectionSet, rows * Math.max(1, given)));
    }, 0);
  return document.definitions.reduce(
    (sum, definition) => sum + (definition.kind === Kind.OPERATION_DEFINITION ? count(definition.selectionSet, 1) : 0),
    0,
  );
}
