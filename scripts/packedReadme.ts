/** Stands in package.json where nobody has said yet who publishes this. */
const nobody = 'OWNER';

/** Where the project is published, as package.json says. */
export interface Published {
  /** `OWNER/NAME` on GitHub. */
  readonly repository: string;
  readonly version: string;
}

/** Reads `git+https://github.com/OWNER/NAME.git`; undefined while the owner is not filled in. */
export function publishedAt(repositoryUrl: string, version: string): Published | undefined {
  const [, owner, name] = /github\.com\/([^/]+)\/([^/]+?)(?:\.git)?$/.exec(repositoryUrl) ?? [];
  if (owner === undefined || name === undefined || owner === nobody) return undefined;
  return { repository: `${owner}/${name}`, version };
}

/**
 * The README for the extension's page, which knows no other file of the project: pictures and links lead to the files of
 * this version where it is published. Before it is published they lead nowhere: then it has no pictures, and of links only
 * the words.
 */
export function packedReadme(readme: string, published: Published | undefined): string {
  // The page takes a picture for dark and light alike.
  const plain = readme.replace(/^ *<source [^>]*>\n/gm, '');
  if (published === undefined) {
    const bare = plain.replace(/<picture>[\s\S]*?<\/picture>\n*/g, '');
    return bare.replace(/\[([^\]]+)\]\((?!https?:)[^)]+\)/g, '$1');
  }
  const { repository, version } = published;
  const files = `https://raw.githubusercontent.com/${repository}/v${version}/`;
  const pages = `https://github.com/${repository}/blob/v${version}/`;
  return plain
    .replace(/<\/?picture>\n?/g, '')
    .replace(/(<img src=")(?!https?:)/g, `$1${files}`)
    .replace(/(\]\()(?!https?:|#)/g, `$1${pages}`);
}
