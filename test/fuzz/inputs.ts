import fc from 'fast-check';

/** How many inputs each run tries over all fuzzers, and from which seed: FUZZ_INPUTS, FUZZ_SEED. */
const inputs = Number(process.env['FUZZ_INPUTS'] ?? 100_000);
const seed = Number(process.env['FUZZ_SEED'] ?? 20261121);

/** The share of the inputs that a fuzzer tries; the seed stands in the report of a failure, and here. */
export function share(part: number): { readonly numRuns: number; readonly seed: number } {
  const numRuns = Math.ceil(inputs * part);
  process.stderr.write(`Trying ${numRuns} inputs, FUZZ_SEED=${seed}\n`);
  return { numRuns, seed };
}

/** YAML and what is nearly YAML. */
export const text: fc.Arbitrary<string> = fc
  .array(
    fc.constantFrom(
      ...[
        'a',
        'b: ',
        'c:\n  ',
        '- ',
        '\n',
        '\r',
        '\r\n',
        ' ',
        '"',
        "'",
        '[',
        ']',
        '{',
        '}',
        ',',
        '#',
        '|\n',
      ],
      ...[
        '>-\n',
        '&x ',
        '*x',
        '*y',
        '!t ',
        '!!binary ',
        '<<: ',
        '? ',
        ': ',
        '\t',
        '---\n',
        '...\n',
        '%Y 1\n',
      ],
      ...[
        'yes',
        '1',
        '0o7',
        '.inf',
        '~',
        '\u0000',
        '🔒',
        '{{ .x }}',
        '__proto__: ',
        'toString: ',
        'mesh: ',
      ],
      ...[
        'enableAutoMtls: ',
        'rootNamespace: ',
        'discoverySelectors: ',
        'clusters: ',
        'users: ',
        'contexts: ',
      ],
    ),
    { maxLength: 40 },
  )
  .map((pieces) => pieces.join(''));
