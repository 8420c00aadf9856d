/** What a release is made of, as texts and values. */
export interface ReleaseInputs {
  readonly manifest: ReleaseManifest;
  readonly changelog: string;
  readonly action: string;
  readonly hooks: string;
  /** The tag that is being released; undefined while nothing is. */
  readonly tag: string | undefined;
}

export interface ReleaseManifest {
  readonly version: string;
  readonly publisher?: string;
  readonly license?: string;
  readonly icon?: string;
  readonly enabledApiProposals?: readonly string[];
  readonly repository?: { readonly url: string };
  readonly engines: { readonly vscode: string };
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** Marketplaces take versions of three numbers; an odd minor is a pre-release. */
export function isPreRelease(version: string): boolean {
  return Number(version.split('.')[1]) % 2 === 1;
}

/** Everything that is wrong with a release, one sentence each. */
export function releaseProblems(inputs: ReleaseInputs): readonly string[] {
  return [
    ...versionProblems(inputs),
    ...changelogProblems(inputs),
    ...engineProblems(inputs.manifest),
    ...openVsxProblems(inputs.manifest),
  ];
}

function versionProblems({ manifest, action, hooks, tag }: ReleaseInputs): readonly string[] {
  const { version } = manifest;
  const problems: string[] = [];
  if (!/^\d+\.\d+\.\d+$/.test(version))
    problems.push(`The version "${version}" is not three numbers, as the marketplaces want it.`);
  if (tag !== undefined && tag !== `v${version}`)
    problems.push(`The tag ${tag} is not v${version}, which package.json says.`);
  if (!new RegExp(`default: ['"]?${version.replaceAll('.', '\\.')}['"]?$`, 'm').test(action))
    problems.push(`action.yml runs another version of the command line than ${version}.`);
  if (!hooks.includes(`istio-mtls@${version} `))
    problems.push(
      `.pre-commit-hooks.yaml runs another version of the command line than ${version}.`,
    );
  if (tag !== undefined && manifest.repository?.url.includes('OWNER') !== false)
    problems.push('package.json does not say who owns the repository.');
  return problems;
}

/** A release has a section of its own; before, what is to come is noted under Unreleased. */
function changelogProblems({ manifest, changelog, tag }: ReleaseInputs): readonly string[] {
  const wanted = tag === undefined ? `(?:Unreleased|${manifest.version})` : manifest.version;
  const section = new RegExp(
    `^## \\[${wanted.replaceAll('.', '\\.')}\\][^\\n]*\\n(?:(?!^## )[^])*?^- `,
    'm',
  );
  return section.test(changelog)
    ? []
    : [
        `CHANGELOG.md has no section with entries for ${tag === undefined ? 'what is to come' : manifest.version}.`,
      ];
}

/** What compiles with newer types may call what the oldest supported VS Code does not have. */
function engineProblems({ engines, devDependencies }: ReleaseManifest): readonly string[] {
  const types = devDependencies['@types/vscode'] ?? 'none';
  return engines.vscode === `^${types}`
    ? []
    : [`The engine ${engines.vscode} is not the version of @types/vscode, ${types}.`];
}

/** Source: github.com/eclipse/openvsx/wiki/Publishing-Extensions. */
function openVsxProblems(manifest: ReleaseManifest): readonly string[] {
  const missing = (['publisher', 'license', 'icon', 'repository'] as const).filter(
    (field) => manifest[field] === undefined,
  );
  const proposals = manifest.enabledApiProposals ?? [];
  return [
    ...missing.map((field) => `package.json lacks "${field}", which Open VSX wants.`),
    ...(proposals.length === 0 ? [] : ['No marketplace takes an extension with proposed API.']),
  ];
}
