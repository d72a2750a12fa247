"""The database: what was reported, decided, computed and paid, kept so that it can be trusted.

    engine = connect("sqlite:///hospital.db")
    upgrade(engine)
    with writing(engine) as session:
        save_import(session, ...)
        session.commit()

SQLite and PostgreSQL through the same code. Nothing here commits: a transaction belongs to whoever
opened it. Facts, imports, programs, sealed runs and the audit chain only ever grow, and triggers in
the database hold that against any other program too.
"""
