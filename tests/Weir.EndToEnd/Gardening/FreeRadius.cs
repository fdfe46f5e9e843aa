// SPDX-License-Identifier: Apache-2.0
using Weir.EndToEnd.Blocking;
using Weir.EndToEnd.Support;

namespace Weir.EndToEnd.Gardening;

/// <summary>FreeRADIUS as a plain process on loopback, in the place of an access router's CoA listener: it checks what
/// comes, writes it into a detail file and answers.</summary>
internal sealed class FreeRadius : IAsyncDisposable
{
    public const string Secret = "rosebud-of-the-bng";

    private readonly string _folder;
    private Peer _server;

    private FreeRadius(string folder, int port)
    {
        (_folder, Port) = (folder, port);
        _server = Make();
    }

    public int Port { get; }

    /// <summary>All that it took, as it writes it.</summary>
    public string Seen =>
        File.Exists(Path.Combine(_folder, "detail")) ? File.ReadAllText(Path.Combine(_folder, "detail")) : "";

    public string Said => _server.Said;

    public static async Task<FreeRadius> StartAsync(TempFolder folder)
    {
        var server = new FreeRadius(Directory.CreateDirectory(folder.At("freeradius")).FullName, FreePort.Udp());
        await server.StartAsync();
        return server;
    }

    public async Task StartAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "radiusd.conf"), Configuration());
        _server = Make();
        _server.Start();
        _ = await Peer.UntilAsync(
            "freeradius is ready", () => Task.FromResult(_server.Said),
            said => said.Contains("Ready to process requests", StringComparison.Ordinal), seconds: 120);
    }

    public Task StopAsync() => _server.KillAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>The requests it took, each a text of its attributes.</summary>
    public IReadOnlyList<string> Requests() => Seen.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);

    private Peer Make() => new("freeradius", "-f", "-l", "stdout", "-d", _folder, "-D", "/usr/share/freeradius");

    private string Configuration() => $$"""
        prefix = /usr
        logdir = {{_folder}}
        run_dir = {{_folder}}
        libdir = /usr/lib/freeradius
        pidfile = {{_folder}}/radiusd.pid
        max_request_time = 30
        cleanup_delay = 0
        hostname_lookups = no
        proxy_requests = no
        log {
          destination = stdout
        }
        security {
          allow_core_dumps = no
          max_attributes = 200
          reject_delay = 0
          status_server = no
        }
        thread pool {
          start_servers = 1
          max_servers = 2
          min_spare_servers = 1
          max_spare_servers = 2
          max_requests_per_server = 0
        }
        client weir {
          ipaddr = 127.0.0.1
          secret = {{Secret}}
          require_message_authenticator = yes
        }
        modules {
          always ok {
            rcode = ok
          }
          always reject {
            rcode = reject
          }
          detail seen {
            filename = {{_folder}}/detail
            permissions = 0600
          }
        }
        server bng {
          listen {
            type = coa
            ipaddr = 127.0.0.1
            port = {{Port}}
          }
          recv-coa {
            seen
            if (&Acct-Session-Id == "gone") {
              update reply {
                Error-Cause := Session-Context-Not-Found
              }
              reject
            }
            if (&Filter-Id == "weir-strict") {
              update reply {
                Error-Cause := Administratively-Prohibited
              }
              reject
            }
            ok
          }
          send-coa {
            ok
          }
        }
        """;
}
