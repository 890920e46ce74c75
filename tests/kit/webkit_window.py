#!/usr/bin/python3
"""WebKit in a window of any width, which takes orders from WebKitWebDriver. Debian's own Python has its bindings.

The environment's WEBKIT_FOLDER is where it keeps what a reader's own browser would keep; WebKit's MiniBrowser keeps
nothing while it is driven. Two orders come by signal, because the driver has none for the first, and waits for ever
with the second where a page comes out of the back/forward cache:

SIGUSR1: the page is printed to printed.pdf.
SIGUSR2: the JavaScript in asked.js is run in the page; what it gives goes to answered.json.
"""

import os
import signal
from pathlib import Path

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import GLib, Gtk, WebKit2  # noqa: E402 - the versions must be chosen before

folder = Path(os.environ["WEBKIT_FOLDER"])
keeper = WebKit2.WebsiteDataManager(
    base_data_directory=str(folder / "data"), base_cache_directory=str(folder / "cache")
)
cookies = str(folder / "data" / "cookies.sqlite")
keeper.get_cookie_manager().set_persistent_storage(cookies, WebKit2.CookiePersistentStorage.SQLITE)
context = WebKit2.WebContext(website_data_manager=keeper)
context.set_automation_allowed(True)
windows: list[Gtk.Window] = []


def new_view(session: WebKit2.AutomationSession) -> WebKit2.WebView:
    view = WebKit2.WebView(web_context=context, is_controlled_by_automation=True)
    window = Gtk.Window()
    window.set_default_size(360, 640)
    window.add(view)
    window.show_all()
    windows.append(window)
    return view


def print_to_file() -> bool:
    settings = Gtk.PrintSettings()
    settings.set_printer("Print to File")
    settings.set(Gtk.PRINT_SETTINGS_OUTPUT_URI, (folder / "printing.pdf").as_uri())
    settings.set(Gtk.PRINT_SETTINGS_OUTPUT_FILE_FORMAT, "pdf")
    job = WebKit2.PrintOperation.new(windows[-1].get_child())
    job.set_print_settings(settings)
    job.connect("finished", lambda job: (folder / "printing.pdf").rename(folder / "printed.pdf"))
    job.print_()
    return True  # and so for the next signal


def run() -> bool:
    view = windows[-1].get_child()
    view.evaluate_javascript((folder / "asked.js").read_text(), -1, None, None, None, answered)
    return True


def answered(view: WebKit2.WebView, result: object) -> None:
    try:
        answer = view.evaluate_javascript_finish(result).to_string()
    except GLib.Error as error:
        answer = f"! {error.message}"
    (folder / "answering").write_text(answer)
    (folder / "answering").rename(folder / "answered.json")


context.connect("automation-started", lambda context, session: session.connect("create-web-view", new_view))
GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGUSR1, print_to_file)
GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGUSR2, run)
(folder / "pid").write_text(str(os.getpid()))
Gtk.main()
