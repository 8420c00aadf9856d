/** Where the page's script is, and what its content security policy lets in. */
export interface PageFrame {
  readonly script: string;
  readonly nonce: string;
  /** The scheme and host of scripts, as VS Code gives them. */
  readonly source: string;
}

/** The page of the matrix. All that is shown in it comes in messages and is set as text, never as markup. */
export function matrixHtml({ script, nonce, source }: PageFrame): string {
  const policy = [
    `default-src 'none'`,
    `script-src ${source} 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Connections</title>
<style nonce="${nonce}">${style}</style>
</head>
<body>
<header>
<h1 id="title">Connections</h1>
<div class="tools" role="toolbar" aria-label="Filter and sort">
<label>From <input id="from" type="search" placeholder="part of a name" spellcheck="false"></label>
<label>To <input id="to" type="search" placeholder="part of a name" spellcheck="false"></label>
<label>Show <select id="by"><option value="workload">each client and server</option><option value="namespace">namespaces</option></select></label>
<label>Sort <select id="sort"><option value="name">by name</option><option value="worst">worst first</option></select></label>
<label><input id="unlike" type="checkbox"> only unlike</label>
<label>Export <select id="export"><option value="">as…</option><option value="csv">CSV</option><option value="markdown">Markdown</option><option value="svg">SVG</option></select></label>
</div>
<p id="legend" class="legend"></p>
</header>
<main id="grid" role="grid" tabindex="0" aria-label="Connections" aria-describedby="keys"></main>
<section id="details" aria-live="polite" aria-label="The chosen connection"></section>
<p id="keys" class="legend">Arrows, Home, End, Page Up and Page Down move · Enter says why · P probes</p>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>
`;
}

const style = `
*{box-sizing:border-box}
html,body{height:100%;margin:0}
body{display:flex;flex-direction:column;color:var(--vscode-foreground);background:var(--vscode-editor-background);font-family:var(--vscode-font-family);font-size:var(--vscode-font-size,13px)}
header{padding:8px 12px 4px}
h1{font-size:1.2em;font-weight:600;margin:0 0 8px}
.tools{display:flex;flex-wrap:wrap;gap:6px 14px;align-items:center}
input[type=search],select{font:inherit;color:var(--vscode-input-foreground);background:var(--vscode-input-background);border:1px solid var(--vscode-input-border,var(--vscode-contrastBorder,transparent));padding:2px 6px}
select{color:var(--vscode-dropdown-foreground);background:var(--vscode-dropdown-background);border-color:var(--vscode-dropdown-border)}
:focus-visible{outline:1px solid var(--vscode-focusBorder);outline-offset:-1px}
.legend{margin:6px 0;color:var(--vscode-descriptionForeground)}
body>.legend{margin:4px 12px}
#grid{flex:1;min-height:120px;overflow:auto;position:relative;margin:0 12px;border:1px solid var(--vscode-widget-border,var(--vscode-panel-border,transparent))}
.sizer{position:relative}
.row{position:absolute;left:0;display:block}
.row.head{position:sticky;top:0;z-index:3;background:var(--vscode-editor-background)}
.cell,.name{position:absolute;top:0;overflow:hidden;white-space:nowrap;display:flex;align-items:center;border-bottom:1px solid var(--vscode-widget-border,transparent)}
.name{position:sticky;left:0;z-index:2;padding:0 8px;background:var(--vscode-editor-background);font-weight:500;text-overflow:ellipsis;display:block;border-right:1px solid var(--vscode-widget-border,transparent)}
.head .cell{padding:4px 6px;white-space:normal;overflow-wrap:anywhere;line-height:1.25;font-weight:500;align-items:flex-end}
.head .name{z-index:4;color:var(--vscode-descriptionForeground)}
.row:not(.head) .cell{gap:6px;padding:0 6px;cursor:pointer;font-family:var(--vscode-editor-font-family,monospace)}
.row:not(.head) .cell:hover{background:var(--vscode-list-hoverBackground)}
.fate{min-width:1.2em;text-align:center;font-weight:600}
.fate.none{font-weight:400;color:var(--vscode-disabledForeground,var(--vscode-descriptionForeground))}
.safe{color:var(--vscode-testing-iconPassed,#388a34)}
.plain{color:var(--vscode-editorWarning-foreground,#bf8803)}
.refused{color:var(--vscode-editorError-foreground,#e51400)}
.unknown{color:var(--vscode-descriptionForeground)}
.cell.unlike{box-shadow:inset 3px 0 0 var(--vscode-editorWarning-foreground,#bf8803);background:var(--vscode-inputValidation-warningBackground)}
.cell.active{outline:2px solid var(--vscode-focusBorder);outline-offset:-2px}
#grid:focus-visible{outline:1px solid var(--vscode-focusBorder)}
#details{max-height:34%;overflow:auto;padding:0 12px}
#details h2{font-size:1em;margin:8px 0 4px}
#details ul{margin:4px 0 8px;padding-left:20px}
button{font:inherit;color:var(--vscode-button-foreground);background:var(--vscode-button-background);border:1px solid var(--vscode-button-border,transparent);padding:3px 12px;cursor:pointer}
button:hover{background:var(--vscode-button-hoverBackground)}
.empty{padding:16px;color:var(--vscode-descriptionForeground)}
`;
