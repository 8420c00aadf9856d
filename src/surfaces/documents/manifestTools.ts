import type { findingsAdded, findingsIn } from '../../mesh/index.ts';
import type { readManifestFile } from '../../sources/yaml/manifestFile.ts';
import type { manifestYaml } from '../../sources/yaml/manifestYaml.ts';
import type { scaffoldText } from '../codeActions/scaffoldText.ts';
import type { workspaceFiles } from '../yamlContext/workspaceFiles.ts';
import type { besideManifest } from '../drift/diffSides.ts';
import type * as manifestProposal from './manifestProposal.ts';
import type * as openManifests from './openManifests.ts';

/** What reads and writes manifests as text, and judges them. All of it is in one bundle with the YAML library. */
export type ManifestTools = typeof manifestProposal &
  typeof openManifests & {
    readonly besideManifest: typeof besideManifest;
    readonly findingsAdded: typeof findingsAdded;
    readonly findingsIn: typeof findingsIn;
    readonly manifestYaml: typeof manifestYaml;
    readonly readManifestFile: typeof readManifestFile;
    readonly scaffoldText: typeof scaffoldText;
    readonly workspaceFiles: typeof workspaceFiles;
  };

/** Loads them on first need, so that neither activation nor the tree pays for the YAML library. */
export type LoadManifestTools = () => Promise<ManifestTools>;
