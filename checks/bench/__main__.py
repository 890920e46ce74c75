"""`make bench`: what the pages cost, from one run. Times differ by machine; ratios less so."""

from checks.bench import app, phone, server

if __name__ == "__main__":
    phone.main()
    app.main()
    server.main()
