// Moments at which a test may stop the server: whoever comes through a closed gate waits until it is opened.
export class Gates {
  #closed = new Map();
  #watchers = [];
  #seen = new Map();

  close(name) { this.#closed.set(name, []); }

  // Lets those who wait go on: "pass" as if nothing had been, "drop" without an answer.
  open(name, how = "pass") {
    const waiting = this.#closed.get(name) ?? [];
    this.#closed.delete(name);
    for (const go of waiting) go(how);
    return waiting.length;
  }

  async through(name) {
    this.#seen.set(name, (this.#seen.get(name) ?? 0) + 1);
    const how = this.#closed.has(name) ? new Promise((go) => this.#closed.get(name).push(go)) : "pass";
    this.#watchers = this.#watchers.filter((watcher) => !watcher());
    return how;
  }

  seen(name) { return this.#seen.get(name) ?? 0; }

  // Resolves as soon as so many have come to a gate since the start.
  arrival(name, count) {
    return new Promise((resolve) => {
      const watcher = () => this.seen(name) >= count && (resolve(), true);
      if (!watcher()) this.#watchers.push(watcher);
    });
  }
}
