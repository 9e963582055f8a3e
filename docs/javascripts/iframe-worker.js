// The search runs in a worker, which a browser refuses to a page that lies in a folder. There a
// hidden frame does the same; the theme would fetch such a script from elsewhere.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super()
      const frame = document.createElement("iframe")
      frame.hidden = true
      document.body.append(frame)
      this.window = frame.contentWindow
      window.addEventListener("message", event => {
        if (event.source !== this.window) return
        const copy = new MessageEvent("message", { data: event.data })
        this.dispatchEvent(copy)
        this.onmessage?.(copy)
      })
      this.window.document.open()
      this.window.document.write(`<body><script>
        postMessage = data => parent.postMessage(data, "*")
        importScripts = (...urls) => urls.reduce((before, url) => before.then(() =>
          new Promise(done => {
            const script = document.createElement("script")
            script.src = url
            script.onload = done
            document.body.append(script)
          })), Promise.resolve())
      </script><script src="${url}"></script></body>`)
      this.window.document.close()
      this.ready = new Promise(done => { frame.onload = done })
    }

    postMessage(data) {
      this.ready.then(() => this.window.dispatchEvent(new MessageEvent("message", { data })))
    }

    terminate() {
      this.window.frameElement.remove()
    }
  }
}
