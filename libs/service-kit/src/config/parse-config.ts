import type { z } from 'zod';
import type { ConfigDefinition, ConfigVariable } from './define-config.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ConfigProblem {
  readonly variable: string;
  readonly problem: string;
  readonly expected: string;
}

/** Every problem of the configuration at once; `message` is made for the operator's terminal. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map(
      ({ variable, problem, expected }) =>
        `  ${variable}: ${problem}${expected === '' ? '' : `; expected ${expected}`}`,
    );
    const noun = problems.length === 1 ? '1 problem' : `${String(problems.length)} problems`;
    super(`The configuration has ${noun}:\n${lines.join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/**
 * Reads the declared variables from `env` and nothing else; an empty string counts as absent.
 *
 * @throws ConfigError naming every problem, never the value of a secret
 */
export function parseConfig<Schema extends z.ZodObject>(
  definition: ConfigDefinition<Schema>,
  env: Environment,
): z.output<Schema> {
  const present = definition.variables.flatMap(({ name }): [string, string][] => {
    const value = env[name];
    return value === undefined || value === '' ? [] : [[name, value]];
  });
  const input = Object.fromEntries(present);
  const result = definition.schema.safeParse(input);
  if (result.success) return result.data;
  throw new ConfigError(problemsOf(result.error.issues, definition.variables, input));
}

function problemsOf(
  issues: readonly z.core.$ZodIssue[],
  variables: readonly ConfigVariable[],
  input: Environment,
): ConfigProblem[] {
  return issues.map((issue) => {
    const variable = variables.find(({ name }) => name === issue.path[0]);
    if (variable === undefined) return { variable: 'configuration', problem: issue.message, expected: '' };
    const value = input[variable.name];
    if (value === undefined) {
      // Of an absent variable only a cross-field rule has more to say than that it is absent.
      const problem = issue.code === 'custom' ? issue.message : 'is missing';
      return { variable: variable.name, problem, expected: variable.expects };
    }
    const shown = variable.secret ? 'its value' : JSON.stringify(shorten(value));
    return {
      variable: variable.name,
      problem: `${shown}: ${lowerFirst(issue.message)}`,
      expected: variable.expects,
    };
  });
}

function shorten(value: string): string {
  return value.length > 60 ? `${value.slice(0, 60)}...` : value;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
