#!/usr/bin/env python3
"""Answers the credentials part of EC2's metadata to one user of this machine, fetching it as version 2 asks.

The AWS library in Elasticsearch's cloud-aws plugin is of 2016 and knows version 1 only, which these instances refuse: a
database that can be made to fetch a URL would give away the instance's role by it. So only the sockets of one user are
answered, and nothing but the role's credentials.
"""
import argparse
import http.server
import pwd
import re
import urllib.error
import urllib.request

ALLOWED = re.compile(r'/latest/meta-data/iam/security-credentials/[\w+=,.@-]*')


def owners(port, table='/proc/net/tcp'):
    """The users whose sockets have this local port and are connected."""
    found = set()
    for name in (table, f'{table}6'):
        try:
            with open(name, encoding='ascii') as lines:
                for line in list(lines)[1:]:
                    fields = line.split()
                    if int(fields[1].rsplit(':', 1)[1], 16) == port and fields[3] == '01':
                        found.add(int(fields[7]))
        except FileNotFoundError:
            pass
    return found


def fetch(url, path):
    """What version 2 of the metadata service has at this path."""
    headers = {'X-aws-ec2-metadata-token-ttl-seconds': '60'}
    token = urllib.request.Request(f'{url}/latest/api/token', method='PUT', headers=headers)
    with OPENER.open(token, timeout=5) as answer:
        headers = {'X-aws-ec2-metadata-token': answer.read().decode('ascii')}
    with OPENER.open(urllib.request.Request(url + path, headers=headers), timeout=5) as answer:
        return answer.read()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if owners(self.client_address[1]) != {self.server.user}:
            self.send_error(403, 'not yours')
        elif not ALLOWED.fullmatch(self.path):
            self.send_error(404)
        else:
            try:
                body = fetch(self.server.metadata, self.path)
            except urllib.error.HTTPError as error:
                self.send_error(error.code)
            except OSError:
                self.send_error(502)
            else:
                self.send_response(200)
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)


# No proxy of the environment stands between a machine and its metadata.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))

if __name__ == '__main__':
    options = argparse.ArgumentParser()
    options.add_argument('--port', type=int, required=True)
    options.add_argument('--user', required=True)
    options.add_argument('--metadata', default='http://169.254.169.254')
    given = options.parse_args()
    server = http.server.ThreadingHTTPServer(('127.0.0.1', given.port), Handler)
    server.user, server.metadata = pwd.getpwnam(given.user).pw_uid, given.metadata
    server.serve_forever()
