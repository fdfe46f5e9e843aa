// SPDX-License-Identifier: Apache-2.0
using Weir.EndToEnd.Blocking;
using Weir.EndToEnd.Support;

namespace Weir.EndToEnd.Notifying;

/// <summary>rsyslogd on loopback by UDP, TCP and TLS, that writes what it read out of each message: the fields of RFC
/// 5424, a line each.</summary>
internal sealed class SyslogServer : IAsyncDisposable
{
    private readonly TempFolder _folder;
    private readonly Peer _rsyslog;

    public SyslogServer(TempFolder folder)
    {
        _folder = folder;
        TestCertificateFiles.Write(folder.Path);
        _ = Directory.CreateDirectory(folder.At("rsyslog"));
        var conf = folder.File("rsyslog.conf", $$"""
            global(workDirectory="{{folder.At("rsyslog")}}"
                   defaultNetstreamDriverCAFile="{{folder.At("cert.pem")}}" defaultNetstreamDriverCertFile="{{folder.At("cert.pem")}}" defaultNetstreamDriverKeyFile="{{folder.At("key.pem")}}")
            module(load="imudp")
            module(load="imtcp")
            template(name="read" type="string" string="%pri%|%protocol-version%|%app-name%|%msgid%|%structured-data%|%msg%\n")
            ruleset(name="write") { action(type="omfile" file="{{Written}}" template="read") }
            input(type="imudp" address="127.0.0.1" port="{{Udp}}" ruleset="write")
            input(type="imtcp" address="127.0.0.1" port="{{Tcp}}" ruleset="write")
            input(type="imtcp" address="127.0.0.1" port="{{Tls}}" ruleset="write" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="anon")

            """);
        _rsyslog = new Peer("rsyslogd", "-n", "-f", conf, "-i", folder.At("rsyslog/pid"));
    }

    public int Udp { get; } = FreePort.Udp();

    public int Tcp { get; } = FreePort.Tcp();

    public int Tls { get; } = FreePort.Tcp();

    public string CaFile => _folder.At("cert.pem");

    /// <summary>What it wrote.</summary>
    public string Written => _folder.At("rsyslog/written");

    public async Task StartAsync()
    {
        _rsyslog.Start();
        foreach (var port in new[] { Tcp, Tls })
        {
            _ = await Peer.UntilAsync("rsyslogd listens", async () =>
            {
                try
                {
                    using var client = new System.Net.Sockets.TcpClient();
                    await client.ConnectAsync("127.0.0.1", port);
                    return "yes";
                }
                catch (System.Net.Sockets.SocketException refused)
                {
                    return $"{refused.Message} {_rsyslog.Said}";
                }
            }, answer => answer == "yes", 120);
        }
    }

    /// <summary>Waits for a line that holds a text, and gives it.</summary>
    public async Task<string> LineAsync(string text)
    {
        var all = await Peer.UntilAsync(
            $"a line with {text}", () => Task.FromResult(File.Exists(Written) ? File.ReadAllText(Written) : ""),
            written => written.Split('\n').SkipLast(1).Any(l => l.Contains(text, StringComparison.Ordinal)), 120);
        return all.Split('\n').First(l => l.Contains(text, StringComparison.Ordinal));
    }

    public int Count(string text) =>
        File.Exists(Written) ? File.ReadLines(Written).Count(l => l.Contains(text, StringComparison.Ordinal)) : 0;

    public ValueTask DisposeAsync() => _rsyslog.DisposeAsync();
}
