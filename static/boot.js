// Starts the page's program, or says on the page why it cannot be started.
//
// A plain script and no module: it has to run where modules cannot (file://). `trunk` names the program in this
// script's tag, by addresses relative to the page, so that the page works from any folder of any file server.
'use strict';

(() => {
  const { program, module } = document.currentScript.dataset;
  const place = document.querySelector('.boot');

  // What keeps any program from being started here, if anything does.
  const obstacle = () => {
    if (location.protocol === 'file:') {
      return [
        'A page that is opened as a file cannot load its program: browsers allow that only to pages from a server.',
        'Start the companion, which serves the page: oddiya-load serve',
        'Or serve this folder with any file server, for instance: python3 -m http.server',
      ];
    }
    if (typeof WebAssembly !== 'object') {
      return [
        'This browser has no WebAssembly, in which the program is written, or has switched it off.',
        'Switch WebAssembly on, or use a current Chromium, Firefox or Safari.',
      ];
    }
    return null;
  };

  const say = ([problem, ...advice]) => {
    const title = document.createElement('h1');
    title.textContent = 'Oddiya Load could not be loaded';
    const sentences = [problem, ...advice].map(sentence => {
      const line = document.createElement('p');
      line.textContent = sentence;
      return line;
    });
    place.setAttribute('role', 'alert');
    place.dataset.testid = 'boot-problem';
    place.replaceChildren(title, ...sentences);
  };

  const address = path => new URL(path, document.baseURI).href;

  const start = async () => {
    const { default: init } = await import(address(program));
    await init({ module_or_path: address(module) });
    place.remove();
  };

  const known = obstacle();
  if (known) {
    say(known);
  } else {
    start().catch(error => say([
      String(error?.message ?? error),
      `The page needs ${program} and ${module} beside it. Copy the whole folder of the page to the server, then reload.`,
    ]));
  }
})();
