"""The application, put together from its settings. Nothing happens when this module is imported."""

from __future__ import annotations

from flask import Flask

from hpf.portal import (
    accounts,
    admin,
    asked,
    database,
    errors,
    frame,
    language,
    security,
    sessions,
)
from hpf.portal.access import guard
from hpf.portal.pages import (
    account,
    allocate,
    appeals,
    bank,
    calculate,
    collect,
    counter,
    county_pages,
    declared,
    department,
    derivation,
    entry,
    entry_filed,
    evaluate,
    feedback,
    handbook,
    held,
    home,
    honours,
    ledger,
    ledger_mine,
    ledger_papers,
    mine,
    originals,
    papers,
    pay,
    plan,
    plan_bindings,
    plan_settings,
    publicity,
    register,
    review,
    review_improve,
    strategy,
    survey,
    survey_public,
    tasks,
    upkeep,
    verify,
)
from hpf.portal.settings import PortalSettings
from hpf.workflow.leftovers import clear

BLUEPRINTS = (
    home.pages,
    account.pages,
    counter.pages,
    verify.pages,
    mine.pages,
    appeals.pages,
    department.pages,
    review.pages,
    tasks.pages,
    publicity.pages,
    review_improve.pages,
    evaluate.pages,
    survey.pages,
    survey_public.pages,
    papers.pages,
    pay.pages,
    derivation.pages,
    handbook.pages,
    calculate.pages,
    held.pages,
    declared.pages,
    collect.pages,
    entry.pages,
    entry_filed.pages,
    plan.pages,
    *county_pages.GROUPS,
    plan_settings.pages,
    plan_bindings.pages,
    ledger.pages,
    ledger_mine.pages,
    ledger_papers.pages,
    ledger_mine.standards_pages,
    feedback.pages,
    honours.pages,
    strategy.pages,
    upkeep.pages,
    bank.pages,
    register.pages,
    allocate.pages,
    originals.pages,
)


def create_app(settings: PortalSettings) -> Flask:
    """The portal of a home. Raises StorageError where its database cannot be used."""
    app = Flask("hpf.portal", static_url_path="/static")
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 0 if settings.dev else 3600
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    clear(settings.home.keys)  # what a killed payment left: it holds account numbers
    database.install(app, settings)
    asked.install(app)
    security.install(app, settings)
    language.install(app)
    accounts.install(app)
    sessions.install(app)
    security.limit_login(app)
    errors.install(app)
    frame.install(app)
    admin.install(app)
    for pages in BLUEPRINTS:
        app.register_blueprint(pages)
    app.before_request(guard)
    return app
