import { objectAt, objectsAt, stringAt, type Json } from '../model/json.ts';
import { entriesOf, jsonObject, MESH_CERTIFICATE, MESH_ROOTS } from './configDump.ts';
import {
  read,
  unread,
  type Part,
  type ProxyCertificate,
  type ProxyCertificates,
} from './proxyState.ts';

/**
 * Reads the certificates of a bundle in PEM, which itself is in Base64, as Envoy’s dumps have bytes; the leaf first, and
 * none of what is not readable. The caller hands it in, so that the engine needs no library.
 */
export type ReadCertificates = (bundle: string) => readonly ProxyCertificate[];

/** What a proxy answers about its certificates. */
export interface CertificateAnswers {
  /** A dump of the secrets; their private keys are left out by Envoy itself. */
  readonly secrets: string;
  /** The answer to `/certs`. */
  readonly certs: string;
}

/**
 * The certificate of the mesh that a proxy shows, its others, and the roots that it trusts (R255). Times and identities are
 * those of `/certs`; only the secrets tell who issued what, so without them the issuer is not known.
 */
export function certificatesOf(
  { secrets, certs }: CertificateAnswers,
  readCertificates: ReadCertificates,
): Part<ProxyCertificates> {
  const answer = jsonObject(certs);
  const dumped = entriesOf(secrets, 'dynamic_active_secrets');
  if (answer === undefined && dumped === undefined)
    return unread('the proxy answered with what is no list of certificates');
  const bundles = dumped ?? [];
  const leaf = bundleOf(bundles, MESH_CERTIFICATE, readCertificates).slice(0, 1);
  const roots = bundleOf(bundles, MESH_ROOTS, readCertificates);
  const loaded = objectsAt(answer ?? {}, 'certificates').filter(isOfMesh);
  return read({
    own: distinct([...leaf, ...loaded.flatMap((one) => listed(one, 'cert_chain').slice(0, 1))]),
    roots: roots.length > 0 ? distinct(roots) : distinct(rootsOf(loaded)),
  });
}

/** Clusters with TLS of a rule’s own load certificates, too: those of the mesh have an identity of it. */
function isOfMesh(loaded: Json): boolean {
  return listed(loaded, 'cert_chain').some(({ identity }) => identity !== undefined);
}

/** The pair with the fewest authorities is the mesh’s own: a rule may add those of the system. */
function rootsOf(loaded: readonly Json[]): readonly ProxyCertificate[] {
  const lists = loaded.map((one) => listed(one, 'ca_cert')).filter((roots) => roots.length > 0);
  return lists.sort((left, right) => left.length - right.length)[0] ?? [];
}

function listed(loaded: Json, field: 'cert_chain' | 'ca_cert'): readonly ProxyCertificate[] {
  return objectsAt(loaded, field).map((certificate): ProxyCertificate => {
    const [identity] = objectsAt(certificate, 'subject_alt_names').flatMap(
      (name) => stringAt(name, 'uri') ?? [],
    );
    return {
      identity,
      serial: stringAt(certificate, 'serial_number') ?? '',
      validFrom: stringAt(certificate, 'valid_from') ?? '',
      validUntil: stringAt(certificate, 'expiration_time') ?? '',
      issuer: undefined,
    };
  });
}

function bundleOf(
  secrets: readonly Json[],
  name: string,
  readCertificates: ReadCertificates,
): readonly ProxyCertificate[] {
  const found = secrets.find((secret) => stringAt(secret, 'name') === name);
  if (found === undefined) return [];
  const secret = objectAt(found, 'secret');
  const chain = objectAt(objectAt(secret, 'tls_certificate'), 'certificate_chain');
  const authorities = objectAt(objectAt(secret, 'validation_context'), 'trusted_ca');
  const bundle = stringAt(chain, 'inline_bytes') ?? stringAt(authorities, 'inline_bytes');
  return bundle === undefined ? [] : readCertificates(bundle);
}

/** The first of those with one serial number counts: it says the most. */
function distinct(certificates: readonly ProxyCertificate[]): readonly ProxyCertificate[] {
  const bySerial = new Map<string, ProxyCertificate>();
  for (const certificate of certificates) {
    if (!bySerial.has(certificate.serial)) bySerial.set(certificate.serial, certificate);
  }
  return [...bySerial.values()];
}
