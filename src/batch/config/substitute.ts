import { isPair, isScalar, isSeq, visit } from 'yaml';
import { type ConfigProblem } from '../errors/errors';
import { type ConfigPath, type ConfigSource } from './config-source';

export type Environment = Readonly<Record<string, string | undefined>>;

/** `$${` stands for a literal `${`; otherwise `${` opens a variable, which `}` closes. */
const REFERENCE = /\$\$\{|\$\{([^}]*)(\}?)/g;
const VARIABLE = /^[A-Za-z_]\w*$/;

/**
 * Replaces every `${VAR}` in the source's string values (not in keys) by the environment's, in place. A replaced value is
 * not looked at again, so a variable whose value holds `${…}` is taken as it stands.
 */
export function substitute(source: ConfigSource, env: Environment): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  visit(source.document, {
    Scalar(key, node, ancestors) {
      if (key === 'key' || typeof node.value !== 'string') return;
      const complain = (message: string): string => {
        problems.push(source.problemAtNode(node, pathOf([...ancestors, node]), message));
        return '';
      };
      node.value = node.value.replace(REFERENCE, (whole, name: string | undefined, close: string | undefined) => {
        if (name === undefined) return whole.slice(1);
        if (close === '') return complain('"${" is not closed by "}"; write "$${" for a literal "${"');
        if (!VARIABLE.test(name))
          return complain('"${…}" must hold the name of an environment variable, as in "${MY_KEY}"');
        return env[name] ?? complain(`the environment variable ${name} is not set`);
      });
    },
    Alias(_key, node, ancestors) {
      if (node.resolve(source.document) !== undefined) return;
      problems.push(
        source.problemAtNode(node, pathOf([...ancestors, node]), 'this alias (*name) has no anchor (&name)'),
      );
    },
  });
  return problems;
}

/** From a chain of YAML nodes, outermost first, to the path of the innermost. */
function pathOf(chain: readonly unknown[]): ConfigPath {
  const path: PropertyKey[] = [];
  chain.forEach((node, i) => {
    const child = chain[i + 1];
    if (isPair(node) && isScalar(node.key)) path.push(String(node.key.value));
    else if (isSeq(node)) path.push(node.items.indexOf(child));
  });
  return path;
}
