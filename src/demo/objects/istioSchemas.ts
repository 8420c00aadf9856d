import type { Json } from './json.ts';
import { listAt, objectAt, textAt, textMapAt } from './json.ts';
import { destinationRules, peerAuthentications } from './resources.ts';
import type { ResourceType } from './resources.ts';
import type { Schema } from './schema.ts';

/*
 * What Istio's CRDs and its validating webhook demand of the two kinds that decide mutual TLS (R281 to R284).
 * Facts: https://istio.io/latest/docs/reference/config/security/peer_authentication/ and
 * https://istio.io/latest/docs/reference/config/networking/destination-rule/
 */

const text: Schema = { type: 'string' };
const texts: Schema = { type: 'array', items: text };
const anything: Schema = { type: 'any' };

const mutualTls: Schema = {
  type: 'object',
  properties: { mode: { type: 'string', enum: ['UNSET', 'DISABLE', 'PERMISSIVE', 'STRICT'] } },
};

const matchLabels: Schema = {
  type: 'object',
  additionalProperties: {
    type: 'string',
    maxLength: 63,
    rules: [
      {
        message: 'wildcard not allowed in label value match',
        holds: (value) => typeof value !== 'string' || !value.includes('*'),
      },
    ],
  },
  rules: [
    {
      message: 'wildcard not allowed in label key match',
      holds: (value) => Object.keys(objectAt(value)).every((key) => !key.includes('*')),
    },
    {
      message: 'key must not be empty',
      holds: (value) => Object.keys(objectAt(value)).every((key) => key !== ''),
    },
  ],
};

const selector: Schema = { type: 'object', properties: { matchLabels } };

const peerAuthentication: Schema = {
  type: 'object',
  properties: {
    selector,
    mtls: mutualTls,
    portLevelMtls: {
      type: 'object',
      minProperties: 1,
      additionalProperties: mutualTls,
      rules: [
        {
          message: 'port must be between 1-65535',
          holds: (value) => Object.keys(objectAt(value)).every(isPort),
        },
      ],
    },
  },
  rules: [
    {
      message: 'portLevelMtls requires selector',
      holds: (value) =>
        objectAt(value)['portLevelMtls'] === undefined ||
        Object.keys(textMapAt(value, 'selector', 'matchLabels')).length > 0,
    },
  ],
};

const clientTls: Schema = {
  type: 'object',
  properties: {
    mode: { type: 'string', enum: ['DISABLE', 'SIMPLE', 'MUTUAL', 'ISTIO_MUTUAL'] },
    clientCertificate: text,
    privateKey: text,
    caCertificates: text,
    caCrl: text,
    credentialName: text,
    subjectAltNames: texts,
    sni: text,
    insecureSkipVerify: { type: 'boolean' },
  },
  rules: [
    {
      message: 'client certificate and private key required for MUTUAL tls',
      holds: (tls) =>
        textAt(tls, 'mode') !== 'MUTUAL' ||
        has(tls, 'credentialName') ||
        (has(tls, 'clientCertificate') && has(tls, 'privateKey')),
    },
    {
      message: 'cannot specify client certificates or CA certificate If credentialName is set',
      holds: (tls) =>
        !has(tls, 'credentialName') ||
        !['SIMPLE', 'MUTUAL'].includes(textAt(tls, 'mode') ?? '') ||
        !['clientCertificate', 'privateKey', 'caCertificates', 'caCrl'].some((f) => has(tls, f)),
    },
  ],
};

const policyParts = {
  loadBalancer: anything,
  connectionPool: anything,
  outlierDetection: anything,
  tls: clientTls,
};

const portPolicy: Schema = {
  type: 'object',
  properties: {
    ...policyParts,
    port: {
      type: 'object',
      properties: { number: { type: 'integer', minimum: 0, maximum: 4294967295 } },
    },
  },
  rules: [
    {
      message: 'portLevelSettings must have port and at least one traffic policy',
      holds: (value) =>
        has(value, 'port') && Object.keys(policyParts).some((field) => has(value, field)),
    },
  ],
};

const trafficPolicy: Schema = {
  type: 'object',
  properties: {
    ...policyParts,
    portLevelSettings: { type: 'array', items: portPolicy },
    tunnel: anything,
    proxyProtocol: anything,
    retryBudget: anything,
  },
  rules: [
    {
      message: 'traffic policy must have at least one field',
      holds: (value) => Object.keys(objectAt(value)).length > 0,
    },
  ],
};

const destinationRule: Schema = {
  type: 'object',
  required: ['host'],
  properties: {
    host: text,
    trafficPolicy,
    subsets: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name'],
        properties: {
          name: text,
          labels: { type: 'object', additionalProperties: text },
          trafficPolicy,
        },
      },
      rules: [
        {
          message: 'subset names must be unique',
          holds: (value) => {
            const names = listAt(value).map((subset) => textAt(subset, 'name'));
            return new Set(names).size === names.length;
          },
        },
      ],
    },
    exportTo: {
      type: 'array',
      items: text,
      rules: [
        { message: 'exportTo must not contain ~', holds: (value) => !listAt(value).includes('~') },
        {
          message: 'exportTo must not combine * with other namespaces',
          holds: (value) => !listAt(value).includes('*') || listAt(value).length === 1,
        },
      ],
    },
    workloadSelector: selector,
  },
};

/** The schema of `spec`; `undefined` for kinds that the demo stores as they come. */
export function specSchemaOf(type: ResourceType): Schema | undefined {
  if (type === peerAuthentications) return peerAuthentication;
  return type === destinationRules ? destinationRule : undefined;
}

function has(value: Json, field: string): boolean {
  return objectAt(value)[field] !== undefined;
}

function isPort(key: string): boolean {
  return /^\d{1,5}$/.test(key) && Number(key) > 0 && Number(key) <= 65535;
}
