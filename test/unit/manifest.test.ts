import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  commands,
  contextKeys,
  meshView,
  restrictedSettings,
  rowActions,
  settingDefaults,
  viewContainer,
} from '../../src/contributions.ts';

const root = join(import.meta.dirname, '../..');

interface MenuItem {
  readonly command: string;
  readonly when?: string;
  readonly group?: string;
}

interface Setting {
  readonly default: unknown;
  readonly scope: string;
  readonly order: number;
}

interface ManifestFile {
  readonly icon: string;
  readonly engines: { readonly vscode: string };
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly activationEvents: readonly string[];
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] };
  };
  readonly contributes: {
    readonly commands: readonly {
      readonly command: string;
      readonly title: string;
      readonly category: string;
      readonly enablement?: string;
    }[];
    readonly menus: Readonly<Record<string, readonly MenuItem[]>>;
    readonly keybindings?: unknown;
    readonly viewsContainers: { readonly activitybar: readonly { id: string; icon: string }[] };
    readonly views: Readonly<Record<string, readonly { id: string; icon: string }[]>>;
    readonly viewsWelcome: readonly { view: string; contents: string; when: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, Setting>> };
    readonly snippets: readonly { readonly path: string }[];
  };
}

/** Values that VS Code shows to people. The package's own `name` is an identifier; a view's is indented deeper. */
const SHOWN =
  /(?:"(?:title|displayName|category|contextualTitle|description|markdownDescription|contents)"|^ {4,}"name"): "([^"]*)"/gm;

const manifestText = readFileSync(join(root, 'package.json'), 'utf8');
const manifest = JSON.parse(manifestText) as ManifestFile;
const strings = JSON.parse(readFileSync(join(root, 'package.nls.json'), 'utf8')) as Readonly<
  Record<string, string>
>;
const { contributes } = manifest;
const declared = contributes.commands.map(({ command }) => command);
const menuItems = Object.values(contributes.menus).flat();

describe('the manifest and contributions.ts', () => {
  it('declare the same commands', () => {
    assert.deepEqual(declared.toSorted(), Object.keys(commands).toSorted());
  });

  it('give every command a translated title and our category', () => {
    for (const { title, category } of contributes.commands) {
      assert.match(title, /^%command\..+\.title%$/);
      assert.equal(category, '%command.category%');
    }
  });

  it('hide from the palette exactly the commands that need a row of the tree', () => {
    const hidden = (contributes.menus['commandPalette'] ?? []).map(({ command }) => command);
    const treeOnly = Object.entries(commands).filter(([, place]) => place === 'tree');
    assert.deepEqual(hidden.toSorted(), treeOnly.map(([command]) => command).toSorted());
  });

  it('offer only declared commands in menus and welcome texts', () => {
    const linked = [...JSON.stringify(strings).matchAll(/command:(istioMtls\.[\w.]+)/g)]
      .map(([, command]) => command)
      .filter((command) => command !== `${meshView}.focus`);
    for (const command of [...menuItems.map((item) => item.command), ...linked]) {
      assert.ok(declared.includes(command ?? ''), `${command ?? ''} is not declared`);
    }
  });

  it('let the keyboard alone reach what has a button on a row, in the menu of the row', () => {
    const items = contributes.menus['view/item/context'] ?? [];
    const isButton = ({ group = '' }: MenuItem): boolean => group.startsWith('inline');
    const inMenus = items.filter((item) => !isButton(item)).map(({ command }) => command);
    const buttons = items.filter(isButton).map(({ command }) => command);
    assert.notEqual(buttons.length, 0);
    assert.deepEqual(
      buttons.filter((command) => !inMenus.includes(command)),
      [],
    );
  });

  it('let writing commands run only in a trusted workspace that is connected', () => {
    const writing = ['enforceStrict', 'enforcePermissive', 'enforceDisable', 'inheritMode'];
    for (const name of [...writing, 'enforceStrictWithExceptions', 'bringIntoMesh']) {
      const found = contributes.commands.find(({ command }) => command === `istioMtls.${name}`);
      assert.match(found?.enablement ?? '', /isWorkspaceTrusted.*connection == 'connected'/);
    }
  });

  it('have the same settings with the same defaults, at most twenty', () => {
    const { properties } = contributes.configuration;
    const defaults = Object.fromEntries(
      Object.entries(properties).map(([key, setting]) => [key, setting.default]),
    );
    assert.deepEqual(defaults, settingDefaults);
    assert.ok(Object.keys(properties).length <= 20);
    const orders = Object.values(properties).map(({ order }) => order);
    assert.equal(new Set(orders).size, orders.length);
  });

  it('let a workspace choose a cluster only when it is trusted', () => {
    const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    assert.deepEqual([...restrictedConfigurations], [...restrictedSettings]);
    for (const key of restrictedSettings) {
      assert.equal(contributes.configuration.properties[key]?.scope, 'machine-overridable');
    }
  });

  it('name the same view', () => {
    assert.deepEqual(
      contributes.viewsContainers.activitybar.map(({ id }) => id),
      [viewContainer],
    );
    assert.deepEqual(
      Object.values(contributes.views)
        .flat()
        .map(({ id }) => id),
      [meshView],
    );
  });

  it('use only our own and known context keys, views and row actions in conditions', () => {
    const whens = [
      ...menuItems.map(({ when }) => when ?? ''),
      ...contributes.viewsWelcome.map(({ when }) => when),
      ...contributes.commands.map(({ enablement }) => enablement ?? ''),
    ];
    const known = new Set<string>([
      ...contextKeys,
      'isWorkspaceTrusted',
      'view',
      'viewItem',
      'activeEditor',
      'resourceScheme',
      'multiDiffEditor',
      'false',
      'editorLangId',
      'yaml',
    ]);
    for (const when of whens.filter((one) => one !== '')) {
      for (const word of keysOf(when)) assert.ok(known.has(word), `${word} in "${when}"`);
    }
  });

  it('match every row action somewhere, and nothing else', () => {
    const matched = menuItems.flatMap(({ when }) => {
      const actions = (when ?? '').matchAll(/viewItem =~ \/;([\w-]+);\//g);
      return [...actions].map(([, action]) => action ?? '');
    });
    assert.deepEqual([...new Set(matched)].toSorted(), [...rowActions].toSorted());
  });
});

describe('the manifest', () => {
  it('takes every text from package.nls.json, and every text there is used', () => {
    const used = [...manifestText.matchAll(/"%([^"%]+)%"/g)].map(([, key]) => key ?? '');
    assert.deepEqual([...new Set(used)].toSorted(), Object.keys(strings).toSorted());
  });

  it('leaves nothing that a user reads to be translated in package.json itself', () => {
    const literal = [...manifestText.matchAll(SHOWN)]
      .filter(([, text = '']) => !/^%[\w.]+%$/.test(text))
      .map(([line]) => line);
    assert.deepEqual(literal, []);
    assert.ok([...manifestText.matchAll(SHOWN)].length > 60);
  });

  it('names only files that exist', () => {
    const paths = [
      manifest.icon,
      ...contributes.viewsContainers.activitybar.map(({ icon }) => icon),
      ...Object.values(contributes.views)
        .flat()
        .map(({ icon }) => icon),
      ...contributes.snippets.map(({ path }) => path),
    ];
    for (const path of paths) assert.ok(existsSync(join(root, path)), `${path} is missing`);
  });

  it('is activated by YAML documents and by nothing else that is written by hand', () => {
    assert.deepEqual([...manifest.activationEvents], ['onLanguage:yaml']);
    assert.equal(contributes.keybindings, undefined);
  });

  it('asks for the VS Code whose types it is compiled with', () => {
    const types = manifest.devDependencies['@types/vscode'] ?? '';
    assert.equal(manifest.engines.vscode, `^${types}`);
  });
});

describe('no notification appears that nobody caused', () => {
  it('because only commands show messages', () => {
    const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
    const showing = sources
      .filter((file) => file.endsWith('.ts'))
      .filter((file) =>
        /\bshow(Information|Warning|Error)Message\b/.test(
          readFileSync(join(root, 'src', file), 'utf8'),
        ),
      );
    assert.deepEqual(
      showing.filter((file) => !file.replaceAll('\\', '/').startsWith('surfaces/commands/')),
      [],
    );
  });
});

/** The identifiers of a `when` clause, without what stands in quotes or in a regular expression. */
function keysOf(when: string): readonly string[] {
  const bare = when
    .replace(/'[^']*'/g, '')
    .replace(/=~ \/[^/]*\//g, '')
    .replace(/view == [\w.]+/g, 'view')
    .replace(/resourceScheme == [\w-]+/g, 'resourceScheme');
  return bare.match(/[A-Za-z][\w.]*/g) ?? [];
}
