import * as vscode from 'vscode';
import { schemes } from '../../contributions.ts';
import { ALL_KINDS, type ObjectRef } from '../../mesh/index.ts';

/** The read-only document of a live object, `istio-mtls:/namespace/Kind/name.yaml?context`. */
export function manifestUri(context: string, ref: ObjectRef): vscode.Uri {
  const path = [ref.namespace, ref.kind, `${ref.name}.yaml`].filter((part) => part !== '');
  return vscode.Uri.from({
    scheme: schemes.manifest,
    path: `/${path.join('/')}`,
    query: context,
  });
}

/** The object that such a document is of; undefined where the uri is none of ours. */
export function objectOfUri({ path }: vscode.Uri): ObjectRef | undefined {
  const [file = '', kindName = '', namespace = ''] = path.split('/').slice(1).toReversed();
  const kind = ALL_KINDS.find((one) => one === kindName);
  const name = file.replace(/\.yaml$/, '');
  return kind === undefined || name === '' ? undefined : { kind, namespace, name };
}
