import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { offerSchemas, type OfferedSchemas } from '../../../src/surfaces/schemas/yamlExtension.ts';
import { set } from '../support/settings.ts';
import { closeManifests, eventually, openManifest } from './openManifest.ts';

type RequestSchema = (uri: string) => string | undefined;

/** The YAML extension's API, as that extension documents it: contributors by name, asked for each file. */
class YamlExtension {
  readonly #getExtension = vscode.extensions.getExtension.bind(vscode.extensions);
  readonly #others = new Set<string>();
  readonly contributors = new Map<string, { schema: RequestSchema; content: RequestSchema }>();

  constructor() {
    const api = {
      registerContributor: (name: string, schema: RequestSchema, content: RequestSchema) => {
        if (this.contributors.has(name)) return false;
        this.contributors.set(name, { schema, content });
        return true;
      },
    };
    const extension = { isActive: false, exports: api, activate: () => Promise.resolve(api) };
    const getExtension = (id: string): unknown => {
      if (id === 'redhat.vscode-yaml') return extension;
      return this.#others.has(id) ? { isActive: true } : this.#getExtension(id);
    };
    Object.assign(vscode.extensions, { getExtension });
  }

  /** Another extension is installed and active from now on. */
  beside(id: string): void {
    this.#others.add(id);
  }

  /** What the one contributor answers for a document. */
  ask(document: vscode.TextDocument): string | undefined {
    const [contributor] = this.contributors.values();
    const uri = contributor?.schema(document.uri.toString());
    return uri === undefined ? undefined : contributor?.content(uri);
  }

  dispose(): void {
    Object.assign(vscode.extensions, { getExtension: this.#getExtension });
  }
}

const policy = 'apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nspec: {}\n';
const service = 'apiVersion: v1\nkind: Service\n';

describe('beside the YAML extension', () => {
  let neighbour: YamlExtension;
  let schemas: OfferedSchemas;
  beforeEach(async () => {
    neighbour = new YamlExtension();
    schemas = offerSchemas();
    await eventually(
      () => neighbour.contributors.size,
      (count) => count === 1,
    );
  });
  afterEach(async () => {
    schemas.dispose();
    neighbour.dispose();
    await closeManifests();
  });

  it('a schema is offered for a file of policies, and its fields are completed once', async () => {
    const { document } = await openManifest(policy);
    assert.match(neighbour.ask(document) ?? '', /"PERMISSIVE"/);
    assert.equal(schemas.covers(document), true);
  });

  it('none is offered for a file that holds other kinds, too, whose fields we complete', async () => {
    const { document } = await openManifest(`${policy}---\n${service}`);
    assert.equal(neighbour.ask(document), undefined);
    assert.equal(schemas.covers(document), false);
  });

  it('none is offered where the user maps the file, whose schema completes its fields', async () => {
    const { document } = await openManifest(policy);
    const before = vscode.workspace.getConfiguration.bind(vscode.workspace);
    const mapped = { get: () => ({ 'https://example.org/a.json': 'manifest-*.yaml' }) };
    Object.assign(vscode.workspace, {
      getConfiguration: (section?: string, scope?: vscode.ConfigurationScope) =>
        section === 'yaml' ? mapped : before(section, scope),
    });
    try {
      assert.equal(neighbour.ask(document), undefined);
      assert.equal(schemas.covers(document), true);
    } finally {
      Object.assign(vscode.workspace, { getConfiguration: before });
    }
  });

  it('none is offered beside the Kubernetes extension, unless the setting says always', async () => {
    neighbour.beside('ms-kubernetes-tools.vscode-kubernetes-tools');
    const { document } = await openManifest(policy);
    assert.equal(neighbour.ask(document), undefined);
    await set('istioMtls.schemas', 'always');
    assert.match(neighbour.ask(document) ?? '', /"PERMISSIVE"/);
    await set('istioMtls.schemas', undefined);
  });

  it('none is offered when the setting says off, nor after the end', async () => {
    const { document } = await openManifest(policy);
    await set('istioMtls.schemas', 'off');
    assert.equal(neighbour.ask(document), undefined);
    await set('istioMtls.schemas', undefined);
    schemas.dispose();
    assert.equal(neighbour.ask(document), undefined);
  });
});
