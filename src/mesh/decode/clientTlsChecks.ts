import { arrayAt, stringAt, type Json } from '../model/json.ts';
import { problem, warning, type Problem } from '../model/problem.ts';

type Path = readonly (string | number)[];

const CERTIFICATE_FIELDS = ['clientCertificate', 'privateKey', 'caCertificates', 'caCrl'] as const;

/** Where a tls block stands. */
export interface TlsBlock {
  readonly path: Path;
  /** Namespace of the DestinationRule. */
  readonly namespace: string;
  readonly selectsClients: boolean;
}

/** What Istio refuses in the tls block of a DestinationRule, and what it takes without obeying it (R283, R170). */
export function checkClientTls(tls: Json, block: TlsBlock, problems: Problem[]): void {
  const mode = stringAt(tls, 'mode') ?? 'DISABLE';
  const set = CERTIFICATE_FIELDS.filter((field) => isSet(tls, field));
  switch (mode) {
    case 'SIMPLE':
    case 'MUTUAL':
      if (isSet(tls, 'credentialName')) checkCredential(tls, block, set, problems);
      else if (mode === 'MUTUAL') checkFiles(tls, block.path, problems);
      if (tls['insecureSkipVerify'] === true) checkSkipVerify(tls, mode, block.path, problems);
      break;
    case 'DISABLE':
    case 'ISTIO_MUTUAL':
      for (const field of [...set, ...(isSet(tls, 'credentialName') ? ['credentialName'] : [])]) {
        const text = `${field} has no effect with mode ${mode}.`;
        problems.push(warning('MTLS0210', [...block.path, field], text));
      }
  }
}

function isSet(tls: Json, field: string): boolean {
  return (stringAt(tls, field) ?? '') !== '';
}

function checkCredential(
  tls: Json,
  { path, namespace, selectsClients }: TlsBlock,
  set: readonly string[],
  problems: Problem[],
): void {
  for (const field of set) {
    const text = `${field} cannot stand beside credentialName.`;
    problems.push(problem([...path, field], text));
  }
  const name = stringAt(tls, 'credentialName') ?? '';
  const at = [...path, 'credentialName'];
  if (name.startsWith('configmap://')) {
    const [owner = '', map] = name.slice('configmap://'.length).split('/');
    if (map !== undefined && owner !== namespace) {
      problems.push(problem(at, `A ConfigMap must be of the rule’s own namespace, ${namespace}.`));
    }
  } else if (!selectsClients) {
    const text =
      'Sidecars ignore credentialName in a rule without workloadSelector and send plaintext; gateways obey it.';
    problems.push(warning('MTLS0212', at, text));
  }
}

function checkFiles(tls: Json, path: Path, problems: Problem[]): void {
  for (const field of ['clientCertificate', 'privateKey'] as const) {
    if (isSet(tls, field)) continue;
    problems.push(problem([...path, field], `MUTUAL needs ${field}, or a credentialName.`));
  }
}

function checkSkipVerify(
  tls: Json,
  mode: 'SIMPLE' | 'MUTUAL',
  path: Path,
  problems: Problem[],
): void {
  const verifying: string[] = [];
  if (arrayAt(tls, 'subjectAltNames').length > 0) verifying.push('subjectAltNames');
  if (isSet(tls, 'caCertificates')) verifying.push('caCertificates');
  if (mode === 'SIMPLE' && isSet(tls, 'credentialName')) verifying.push('credentialName');
  for (const field of verifying) {
    const text = `${field} cannot stand beside insecureSkipVerify.`;
    problems.push(problem([...path, field], text));
  }
}
