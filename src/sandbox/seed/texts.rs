//! Overviews and guides in Markdown, of the length and with the elements that the real ones have.

/// A text that tries to run something, to load something, and to pose as the page. Whatever of it runs sets
/// `window.__hostile`.
pub const HOSTILE: &str = r#"# A friendly guide

<script>window.__hostile = "script"</script>

<img src="x" onerror="window.__hostile = 'image'"><svg onload="window.__hostile = 'svg'"></svg>

<iframe srcdoc="<script>parent.__hostile = 'frame'</script>"></iframe>
<object data="data:text/html,<script>parent.__hostile='object'</script>"></object>

<style>main, header { display: none }</style>
<link rel="stylesheet" href="//hostile.example/x.css"><base href="//hostile.example/"><meta http-equiv="refresh" content="0; url=//hostile.example/">

## Links

[Press me](javascript:window.__hostile='link') <a href="JaVaScRiPt&colon;window.__hostile='entity'">or me</a>
<a href="data:text/html,<script>opener.__hostile='data'</script>" target="_top">or this</a>
<a href="/orgs/acme/mirrors" onclick="window.__hostile = 'click'">Go on</a>
[An honest link](https://docs.docker.com/dhi/)

## Forms

<form action="/api/session/sign-out" method="post"><input name="theme" autofocus onfocus="window.__hostile = 'focus'"><button>Sign in again</button></form>

<details open ontoggle="window.__hostile = 'toggle'"><summary>More</summary>Nothing more.</details>

## Names

<h1 id="main">Mirrors</h1>
<div id="main" class="shell" style="position: fixed; inset: 0">Everything is fine.</div>
<nav aria-label="Sections"><a name="body" id="body">Catalog</a></nav>

## A line that goes on

```console
$ docker run --rm a-very-long-name/that-does-not-end:1.2.3-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
```

| One | Two | Three | Four | Five | Six | Seven | Eight |
|---|---|---|---|---|---|---|---|
| aaaaaaaaaaaaaaaa | aaaaaaaaaaaaaaaa | aaaaaaaaaaaaaaaa | aaaaaaaaaaaaaaaa | aaaaaaaaaaaaaaaa | aaaaaaaaaaaaaaaa | aaaaaaaaaaaaaaaa | a |
"#;

/// The overview of a repository.
pub fn overview(display: &str, about: &str, home: &str) -> String {
    format!(
        "## About {display}\n\n{about}\n\nRead more at [{home}]({home}).\n\n\
         ## About Docker Hardened Images\n\n\
         Docker Hardened Images are built to meet the highest security and compliance standards. They contain what the software \
         needs and nothing else, and are rebuilt when a fix is published.\n\n\
         ### Why use them\n\n\
         - **Small**: no shell and no package manager in runtime images, which leaves little to attack\n\
         - **Signed**: every image has signed attestations, among them its bill of materials, its provenance and its VEX documents\n\
         - **Current**: rebuilt for fixes within days\n\n\
         > Variants for development carry a shell and a package manager; do not run them in production.\n\n\
         ## Trademarks\n\n{display} and its logo are trademarks of their owners. Any use here is for referential purposes only.\n"
    )
}

/// The guide of a repository.
pub fn guides(name: &str, display: &str, tag: &str) -> String {
    if let Some(app) = name.strip_suffix("-chart") {
        return format!(
            "## How to install the {display}\n\n\
             Mirror the chart and the images it needs, then install it:\n\n\
             ```console\n$ helm install my-{app} oci://registry-1.docker.io/<your-namespace>/dhi-{name} --version {tag}\n```\n\n\
             | Value | Default | Meaning |\n|---|---|---|\n| `replicaCount` | `1` | number of pods |\n| `image.tag` | the chart's | tag of the image |\n"
        );
    }
    format!(
        "## Prerequisites\n\n\
         Mirror the repository to your own namespace before you use it. Where a guide says `<your-namespace>/dhi-{name}:<tag>`, \
         replace the namespace by your own, for example `acme/dhi-{name}:{tag}`.\n\n\
         ## Run {display}\n\n\
         ```console\n$ docker run --rm <your-namespace>/dhi-{name}:{tag} --version\n```\n\n\
         ## Non-hardened images and this one\n\n\
         | Feature | Others | Docker Hardened {display} |\n|---|---|---|\n\
         | User | often root | nonroot |\n| Shell | yes | only in `dev` variants |\n| Package manager | yes | only in `dev` variants |\n\
         | Attack surface | all that the distribution brings | what {display} needs |\n\n\
         ## Use it in a Dockerfile\n\n\
         1. Build in a `dev` variant.\n2. Copy the result into the runtime variant.\n3. Run as its user.\n\n\
         ```dockerfile\nFROM <your-namespace>/dhi-{name}:{tag}\nCOPY app /app\n```\n\n\
         ## Troubleshooting\n\n\
         Use [Docker Debug](https://docs.docker.com/reference/cli/docker/debug/) to look into a container without a shell.\n"
    )
}
