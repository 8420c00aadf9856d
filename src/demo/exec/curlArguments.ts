import { devNull } from 'node:os';

/** A curl command line that the demo runs, or why it does not. */
export type CurlArguments =
  | {
      readonly kind: 'accepted';
      readonly args: readonly string[];
      readonly urls: readonly string[];
    }
  | { readonly kind: 'refused'; readonly message: string };

/** Options without a value. None of them reads or writes a file or runs anything. */
const flags: Readonly<Record<string, string>> = {
  s: 'silent',
  S: 'show-error',
  v: 'verbose',
  i: 'include',
  I: 'head',
  k: 'insecure',
  f: 'fail',
  L: 'location',
  g: 'globoff',
  N: 'no-buffer',
  4: 'ipv4',
  0: 'http1.0',
};
const longFlags = new Set([
  ...Object.values(flags),
  'http1.1',
  'fail-with-body',
  'no-progress-meter',
  'compressed',
  'path-as-is',
]);

/** Options with a value, each with what the value must look like. */
const anyText = /^(?!@)/;
const number = /^\d+(\.\d+)?$/;
const valued: Readonly<Record<string, RegExp>> = {
  request: /^[A-Z]+$/,
  header: anyText,
  'max-time': number,
  'connect-timeout': number,
  'max-redirs': number,
  retry: /^\d$/,
  output: /^(\/dev\/null|-)$/,
  'write-out': /^(?!@)(?!.*%output\{)/s,
  data: anyText,
  'data-raw': /^/,
  'user-agent': anyText,
  referer: anyText,
  // curl reads URLs from the file behind an @.
  url: anyText,
};
const shortValued: Readonly<Record<string, string>> = {
  X: 'request',
  H: 'header',
  m: 'max-time',
  o: 'output',
  w: 'write-out',
  d: 'data',
  A: 'user-agent',
  e: 'referer',
};

/**
 * Checks a command line against the options that a probe needs. Whatever could read or write a
 * file, read a configuration or leave the demo is refused, so that exec is no way into the computer
 * that the demo runs on.
 */
export function parseCurlArguments(given: readonly string[]): CurlArguments {
  const args: string[] = [];
  const urls: string[] = [];
  const rest = [...given];
  for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
    const options =
      next.startsWith('-') && next !== '-'
        ? splitOption(next, rest)
        : [{ name: 'url', value: next }];
    for (const option of options) {
      const problem = problemWith(option);
      if (problem !== undefined) return { kind: 'refused', message: problem };
      if (option.name === 'url') urls.push(option.value ?? '');
      else args.push(...spelled(option));
    }
  }
  if (urls.length === 0) return { kind: 'refused', message: 'curl: no URL specified' };
  return { kind: 'accepted', args, urls };
}

interface Option {
  readonly name: string;
  readonly value?: string;
}

/** One long option, or the letters of a short group such as `-sSm5`. */
function splitOption(text: string, rest: string[]): readonly Option[] {
  if (text.startsWith('--')) {
    const name = text.slice(2);
    return [name in valued ? withRest(name, rest) : { name }];
  }
  const options: Option[] = [];
  for (let index = 1; index < text.length; index++) {
    const letter = text.charAt(index);
    const name = shortValued[letter];
    if (name !== undefined) {
      const attached = text.slice(index + 1);
      return [...options, attached === '' ? withRest(name, rest) : { name, value: attached }];
    }
    options.push({ name: flags[letter] ?? `-${letter}` });
  }
  return options;
}

function withRest(name: string, rest: string[]): Option {
  const value = rest.shift();
  return value === undefined ? { name } : { name, value };
}

function problemWith(option: Option): string | undefined {
  const shape = Object.hasOwn(valued, option.name) ? valued[option.name] : undefined;
  const spelling = option.name.startsWith('-') ? option.name : `--${option.name}`;
  if (!shape) {
    return longFlags.has(option.name)
      ? undefined
      : `curl: option ${spelling}: the demo mesh does not run curl with this option`;
  }
  if (option.value === undefined) return `curl: option ${spelling}: requires parameter`;
  return shape.test(option.value)
    ? undefined
    : `curl: option ${spelling}: the demo mesh does not run curl with this value`;
}

function spelled(option: Option): readonly string[] {
  const value = option.name === 'output' && option.value !== '-' ? devNull : option.value;
  return value === undefined ? [`--${option.name}`] : [`--${option.name}`, value];
}
