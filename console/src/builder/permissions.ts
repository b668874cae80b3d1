/** A compiled workflow's policy in words. */

export interface Statement {
  Action: string[];
  Resource: string[];
}

const WORDS: [RegExp, string][] = [
  [/^lambda:InvokeFunction$/, "call the step functions"],
  [/^states:StartExecution$/, "start executions of"],
  [/^states:(Describe|Stop)Execution$/, "follow and stop what it has started"],
  [/^states:RedriveExecution$/, "start its failed rounds again"],
  [/^events:PutEvents$/, "publish events on"],
  [/^events:/, "be told when those end"],
  [/^s3:PutObject$|^s3:Abort|^s3:ListMultipart/, "write results into"],
  [/^s3:/, "read files from"],
];

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** What a statement allows. Actions without words of their own are told as AWS calls them. */
export const inWords = (statement: Statement): string =>
  sentence([...new Set(statement.Action.map((action) => WORDS.find(([pattern]) => pattern.test(action))?.[1] ?? action))].join(", "));

/** What it is allowed on, by the shortest names. */
export const resources = (statement: Statement): string[] =>
  statement.Resource.map((resource) => /\$\{\w+:([^}]+)\}/.exec(resource)?.[1] ?? resource.split(":").at(-1) ?? resource);
