"""The commands: `flask freeze` writes the site as plain files, `flask error-page` what nginx shows without the app."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from posixpath import relpath

import click
from flask import Flask

from web.pages import Editions, render
from web.prerender import every_page
from web.security import POLICY


def freeze(app: Flask, leave_url: str) -> dict[str, str]:
    """The text of every file, by its name.

    Links are relative, so the folder works by double click and on any static host. The policy is in the page, and
    forbids sending anything, forms included.
    """
    policy, before = POLICY.replace("form-action 'self'", "form-action 'none'"), dict(app.jinja_env.globals)
    app.jinja_env.globals.update(leave_url=leave_url, frozen=True, policy=policy)
    try:
        pages = {path: page.decode() for path, page in every_page(app).items()}
    finally:
        app.jinja_env.globals.update(before)
    files = {path: f"{path}index.html"[1:] if path.endswith("/") else f"{path}.html"[1:] for path in pages}

    def with_links(path: str) -> str:
        def link(match: re.Match[str]) -> str:
            away = leave_url if match[2] == "/leave" else relpath(f"/{files[match[2]]}", f"/{files[path]}/..")
            return f'{match[1]}="{away}"'

        return re.sub(r'(href|action)="(/[^"]*)"', link, pages[path])

    return {files[path]: with_links(path) for path in pages}


def add_commands(app: Flask, languages: Mapping[str, Editions], leave_url: str) -> None:
    """Add `freeze` and `error-page` to the `flask` command."""

    @app.cli.command("freeze")
    @click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
    def write_files(folder: Path) -> None:
        """Write every page into FOLDER, as files that need no server of ours."""
        _write(folder, freeze(app, leave_url), f"Wrote the site into {folder}")

    @app.cli.command("error-page")
    @click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
    def write_error_pages(folder: Path) -> None:
        """Write into FOLDER the page that a web server in front shows when it can't ask the app, in each language."""
        files: dict[str, str] = {}
        for code, editions in languages.items():
            edition = editions["self"]
            with app.test_request_context():
                page = render("error.html", edition, error=edition.words.unreachable, policy=POLICY)
            files["unreachable.html" if not files else f"{code}/unreachable.html"] = page
        _write(folder, files, f"Wrote {', '.join(files)} into {folder}")


def _write(folder: Path, files: Mapping[str, str], done: str) -> None:
    """Write each file under another name, then rename it, so that a server never sends half a file.

    Raises ClickException if it can't, or if pages remain in a language that is no longer offered, with old numbers.
    """
    try:
        for name, text in files.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            new = file.with_name(f"{file.name}.new")
            new.write_text(text, encoding="utf-8")
            os.replace(new, file)
    except OSError as error:
        raise click.ClickException(
            f"{folder} can't be written ({error.strerror}); use a folder you can write to"
        ) from None
    click.echo(done)
    codes = [place for place in sorted(folder.iterdir()) if re.fullmatch("[a-z]{2,3}(-[A-Za-z0-9]+)*", place.name)]
    if old := [
        str(code) for code in codes for name in files if f"{code.name}/{name}" not in files and (code / name).exists()
    ]:
        raise click.ClickException(
            f"pages of a language that is not offered are still there, with their old words: rm -r {old[0]}"
        )
