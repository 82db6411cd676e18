"""s3_server.py - a real S3 service for tests: OpenStack Swift with its s3api,
all of its servers in this one process, below one folder.

	s3_server.py FOLDER PORT

Swift serves S3 to others in production and checks signatures of version 4
itself (swift.common.middleware.s3api.s3request); its package is in Debian. It
says "ready" when it answers; there is a bucket "bucket" then. The key is in
CONF: test:tester.

SPDX-License-Identifier: ISC
"""
import os
import sys

import eventlet
import eventlet.wsgi
eventlet.patcher.monkey_patch(all=False, socket=True, select=True, thread=True)

from swift.common import utils  # noqa: E402

folder, port = os.path.abspath(sys.argv[1]), int(sys.argv[2])
utils.SWIFT_CONF_FILE = os.path.join(folder, 'swift.conf')

CONF = """
[DEFAULT]
swift_dir = {folder}
bind_port = {port}
log_udp_host = 127.0.0.1
log_udp_port = 9
[pipeline:main]
pipeline = catch_errors gatekeeper cache s3api tempauth proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
node_timeout = 60
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:9
[filter:s3api]
use = egg:swift#s3api
s3_acl = false
location = us-east-1
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = a-secret-of-tests .admin
"""


def write(name, text):
    with open(os.path.join(folder, name), 'w') as f:
        f.write(text)


write('swift.conf', '[swift-hash]\nswift_hash_path_suffix = tests\n'
      '[storage-policy:0]\nname = one\ndefault = yes\n')
write('proxy-server.conf', CONF.format(folder=folder, port=port))
utils.validate_hash_conf()

from swift.common import storage_policy  # noqa: E402
storage_policy.reload_storage_policies()
from swift.common.http_protocol import SwiftHttpProtocol  # noqa: E402
from swift.common.ring import RingBuilder  # noqa: E402
from swift.common.wsgi import loadapp  # noqa: E402
from swift.account import server as account  # noqa: E402
from swift.container import server as container  # noqa: E402
from swift.obj import server as obj  # noqa: E402
from swift.proxy import server as proxy  # noqa: E402
from swift.common.swob import Request  # noqa: E402

conf = {'__name__': 'disk', 'devices': os.path.join(folder, 'devices'), 'mount_check': 'false',
        'swift_dir': folder, 'log_udp_host': '127.0.0.1',
        'log_udp_port': '9'}
os.makedirs(os.path.join(folder, 'devices', 'disk'), exist_ok=True)


class Quiet:
    def write(self, text):
        pass


def serve(app, sock):
    eventlet.spawn(eventlet.wsgi.server, sock, app, log=Quiet(),
                   protocol=SwiftHttpProtocol)


for name, factory in (('account', account), ('container', container),
                      ('object', obj)):
    sock = eventlet.listen(('127.0.0.1', 0))
    ring = RingBuilder(1, 1, 0)
    ring.add_dev({'id': 0, 'region': 1, 'zone': 1, 'weight': 1,
                  'ip': '127.0.0.1', 'port': sock.getsockname()[1],
                  'device': 'disk'})
    ring.rebalance()
    ring.get_ring().save(os.path.join(folder, name + '.ring.gz'))
    serve(factory.app_factory(conf), sock)

serve(loadapp(os.path.join(folder, 'proxy-server.conf')),
      eventlet.listen(('127.0.0.1', port)))
# The bucket: by the proxy alone, without a signature.
bare = proxy.app_factory({'__name__': 'bare', '__file__': os.path.join(folder, 'proxy-server.conf'),
                          'swift_dir': folder, 'account_autocreate': 'true',
                          'log_udp_host': '127.0.0.1', 'log_udp_port': '9'})
answer = Request.blank('/v1/AUTH_test/bucket', method='PUT').get_response(bare)
if answer.status_int not in (201, 202):
    sys.exit('no bucket: %s' % answer.status)
print('ready', flush=True)
while True:
    eventlet.sleep(3600)
