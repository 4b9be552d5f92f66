import type { EndpointName, Rule } from './rules.ts';
import { rules } from './rules.ts';

export interface Route {
  readonly name: EndpointName;
  readonly rule: Rule;
  readonly params: Readonly<Record<string, string>>;
}

interface Pattern {
  readonly name: EndpointName;
  readonly rule: Rule;
  readonly parts: readonly string[];
}

const patterns: readonly Pattern[] = named().map(({ name, rule }) => ({
  name,
  rule,
  parts: rule.path.split('/'),
}));

function named(): { name: EndpointName; rule: Rule }[] {
  const isName = (name: string): name is EndpointName => Object.hasOwn(rules, name);
  return Object.keys(rules)
    .filter(isName)
    .map((name) => ({ name, rule: rules[name] }));
}

/** The rule that a request falls under; fixed parts win over `:parts` because the table lists them first. */
export function routeOf(method: string, path: string): Route | undefined {
  const parts = path.split('/');
  for (const { name, rule, parts: wanted } of patterns) {
    if (rule.method !== method || wanted.length !== parts.length) continue;
    const params = paramsOf(wanted, parts);
    if (params !== undefined) return { name, rule, params };
  }
  return undefined;
}

function paramsOf(wanted: readonly string[], parts: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, want] of wanted.entries()) {
    const part = parts[index] ?? '';
    if (want.startsWith(':') && part !== '') params[want.slice(1)] = decoded(part);
    else if (want !== part) return undefined;
  }
  return params;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
