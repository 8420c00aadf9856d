import type { Json, KubeObject } from '../objects/json.ts';
import { listAt, numberAt, textAt } from '../objects/json.ts';
import type { Application } from './application.ts';
import { details, productPage, ratings, reviews } from './bookinfoApplications.ts';
import { httpbin } from './httpbinApplication.ts';
import { frontend } from './storefrontApplication.ts';

/** Applications by a part of their image's name. */
const byImage: readonly (readonly [RegExp, Application])[] = [
  [/\/(go-)?httpbin[:@]|\/httpbin$/, { kind: 'http', handle: httpbin }],
  [/bookinfo-productpage/, { kind: 'http', handle: productPage }],
  [/bookinfo-details/, { kind: 'http', handle: details }],
  [/bookinfo-ratings/, { kind: 'http', handle: ratings }],
  [/bookinfo-reviews-v1/, { kind: 'http', handle: reviews(undefined) }],
  [/bookinfo-reviews-v2/, { kind: 'http', handle: reviews('black') }],
  [/bookinfo-reviews-v3/, { kind: 'http', handle: reviews('red') }],
  [/microservices-demo\/frontend/, { kind: 'http', handle: frontend }],
  [/microservices-demo\/\w+service/, { kind: 'grpc' }],
  [/(^|\/)redis:/, { kind: 'redis' }],
];

/** Images that carry a curl, as the published images do. */
const withCurl = /curlimages\/curl|bookinfo-ratings|\/proxyv2|\/pilot:|curl:/;

/** The application that listens on a pod's port; `undefined` when nothing listens there. */
export function applicationOf(pod: KubeObject, port: number): Application | undefined {
  const container = listAt(pod, 'spec', 'containers').find((one) =>
    listAt(one, 'ports').some((declared) => numberAt(declared, 'containerPort') === port),
  );
  const image = imageOf(container);
  return byImage.find(([pattern]) => pattern.test(image))?.[1];
}

export function hasCurl(container: Json | undefined): boolean {
  return withCurl.test(imageOf(container));
}

function imageOf(container: Json | undefined): string {
  return textAt(container, 'image') ?? '';
}
