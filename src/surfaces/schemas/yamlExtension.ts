import * as vscode from 'vscode';
import { setting } from '../platform/settings.ts';
import {
  mappedPatterns,
  namesSchema,
  SCHEMA_SCHEME,
  schemaContent,
  schemaUriOf,
} from './schemaUri.ts';

/** What the YAML extension hands out to others, as far as it is used here. */
interface YamlExtension {
  readonly registerContributor: (
    name: string,
    requestSchema: (uri: string) => string | undefined,
    requestContent: (uri: string) => string | undefined,
  ) => boolean;
}

/** Our schemas in the YAML extension, where that is installed. */
export interface OfferedSchemas {
  /** Whether the YAML extension completes the fields of a document by some schema, ours or another. */
  readonly covers: (document: vscode.TextDocument) => boolean;
  readonly dispose: () => void;
}

const yamlExtensionId = 'redhat.vscode-yaml';
const kubernetesExtensionId = 'ms-kubernetes-tools.vscode-kubernetes-tools';

/**
 * Offers the schemas of Istio's kinds to the YAML extension. That extension starts with the same YAML document that we
 * do, so waiting for it costs nobody anything. It knows no way to take an offer back: after disposal we answer nothing.
 */
export function offerSchemas(): OfferedSchemas {
  let ended = false;
  let offered = false;
  const answer = (document: vscode.TextDocument): string | undefined =>
    ended || !mayAnswer(document) ? undefined : schemaUriOf(document.getText());
  const requestSchema = (uri: string): string | undefined => {
    const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri);
    return document && answer(document);
  };
  void yamlExtension().then((extension) => {
    if (ended || extension === undefined) return;
    offered = extension.registerContributor(SCHEMA_SCHEME, requestSchema, schemaContent);
  });
  return {
    covers: (document) =>
      isInstalled(yamlExtensionId) &&
      (hasOtherSchema(document) || (offered && answer(document) !== undefined)),
    dispose: () => {
      ended = true;
    },
  };
}

async function yamlExtension(): Promise<YamlExtension | undefined> {
  try {
    const exported: unknown = await vscode.extensions.getExtension(yamlExtensionId)?.activate();
    return isYamlExtension(exported) ? exported : undefined;
  } catch {
    // An extension that cannot start is as good as none.
    return undefined;
  }
}

function isYamlExtension(exported: unknown): exported is YamlExtension {
  return (
    typeof exported === 'object' &&
    exported !== null &&
    typeof (exported as Readonly<Record<string, unknown>>)['registerContributor'] === 'function'
  );
}

function isInstalled(id: string): boolean {
  return vscode.extensions.getExtension(id) !== undefined;
}

function mayAnswer(document: vscode.TextDocument): boolean {
  switch (setting('istioMtls.schemas')) {
    case 'always':
      return true;
    case 'off':
      return false;
    case 'auto':
      return !hasOtherSchema(document);
  }
}

/**
 * Whether a document gets a schema from elsewhere: from the user's own mapping, which an answer of ours would hide, or from
 * the Kubernetes extension, which takes those of a cluster's definitions. Two schemas for one document double every error.
 */
function hasOtherSchema(document: vscode.TextDocument): boolean {
  if (vscode.extensions.getExtension(kubernetesExtensionId)?.isActive === true) return true;
  if (namesSchema(document.getText())) return true;
  const mapped = vscode.workspace.getConfiguration('yaml', document).get<unknown>('schemas');
  return mappedPatterns(mapped).some(
    (pattern) =>
      vscode.languages.match({ pattern }, document) > 0 ||
      vscode.languages.match({ pattern: `**/${pattern}` }, document) > 0,
  );
}
