// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Weir.Cli.Commands.Certificates;
using Weir.EndToEnd.Support;
using Weir.Hosting.Peers.Certificates;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.EndToEnd.Governing;

/// <summary>IPFIX over TLS from the exporter's process to the scope that a person reads, through <c>weir serve</c> with
/// its four processes (rules.md R21): openssl carries the octets, with a client certificate of its own.</summary>
public sealed class IpfixOverTlsTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly int _tls = FreePort.Tcp();
    private ServeFixture _place = null!;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_a_named_key_tells_is_read_at_once_and_another_key_tells_nothing()
    {
        Need.Programs("ssh-keygen", "openssl");
        var (ours, others) = (Authority("ours"), Authority("others"));
        var (own, router) = (Issue(ours, "edge"), Issue(ours, "router"));
        _place = ServeFixture.MakeOwn(
            _folder, ["198.51.100.0/24"], ["203.0.113.9:4443"], "", "us-provider", (Environment.UserName, "analyst"));
        _place.Governed!.Change(
            "settings: |\n  collecting:\n    exporters:\n      - network: 127.0.0.1\n"
            + $"        keys: [\"{KeyOf(router)}\"]\n", signers: 2);
        await File.WriteAllTextAsync(_place.Configuration, (await File.ReadAllTextAsync(_place.Configuration)).Replace(
            "collecting:\n", $"""
            collecting:
              sessions:
                tls: ["127.0.0.1:{_tls}"]
                certificate: {own.Certificate}
                key: {own.Key}
                authority: {Path.Combine(ours, "authority.pem")}

            """, StringComparison.Ordinal));
        await using var weir = await RunningWeir.StartAsync(_place);

        // No ten minutes: the first message gives grounds that a person may read.
        await using var sender = TlsExporter.Start(_tls, router, ours);
        await sender.TellAsync("198.51.100.7", "203.0.113.9");
        var cases = new List<JsonElement>();
        await weir.UntilAsync("a case is opened", async () => (cases = await ListAsync(
            "case", "list", "--socket", _place.Control)).Count == 1);
        var read = await WeirProcess.RunAsync(
            "case", "evidence", cases[0].GetProperty("case").GetString()!, "--socket", _place.Control, "-o", "json");
        Assert.True(read.ExitCode == 0, read.Error);
        Assert.Contains("203.0.113.9", read.Out, StringComparison.Ordinal);
        var heard = Assert.Single(await ListAsync("exporters", "--config", _place.Configuration));
        Assert.Equal(
            ("127.0.0.1", "tls", "corroborated"), (
                heard.GetProperty("exporter").GetString(), heard.GetProperty("transport").GetString(),
                heard.GetProperty("standing").GetString()));

        // A certificate of the same authority with a key that nobody signed for, one of another authority, none; and a
        // datagram in its name.
        var unnamed = Issue(ours, "stranger");
        await IsRefusedAsync(weir, unnamed, ours, "unnamed-key");
        await IsRefusedAsync(weir, Issue(others, "router"), ours, "other-authority");
        await IsRefusedAsync(weir, null, ours, "no-certificate");
        using (var forger = new ForgingExporter(_place.Flows, "127.0.0.1"))
        {
            await forger.TellAsync("198.51.100.66", "203.0.113.9");
            await weir.UntilAsync("the datagram is counted", async () =>
                await weir.SumAsync("weir_collecting_unlisted_datagrams_total", "needs-tls") >= 1);
        }

        var told = await WeirProcess.RunAsync("exporters", "--config", _place.Configuration);
        foreach (var why in (string[])["unnamed-key", "other-authority", "no-certificate"])
        {
            Assert.Contains(
                $"127.0.0.1 sent 1 connections over TLS that were not decoded ({why})", told.Error, StringComparison.Ordinal);
        }

        Assert.Contains($"keys: [\"{KeyOf(unnamed)}\"]", told.Error, StringComparison.Ordinal);

        // Of nobody that they told of is there a case; the exporter goes on.
        var flows = await weir.SumAsync("weir_decoding_flows_total");
        await sender.TellAsync("198.51.100.8", "203.0.113.9");
        await weir.UntilAsync("its next line has a case too", async () => (await ListAsync(
            "case", "list", "--socket", _place.Control)).Count == 2);
        Assert.Equal(2, await weir.SumAsync("weir_decoding_flows_total") - flows);
        Assert.Equal(0, await weir.StopAsync());
    }

    /// <summary>TLS 1.3 has the client speak before it learns that it is refused.</summary>
    private async Task IsRefusedAsync(RunningWeir weir, PeerCertificateFiles? shown, string trusts, string why)
    {
        await using var stranger = TlsExporter.Start(_tls, shown, trusts);
        try
        {
            await stranger.TellAsync("198.51.100.66", "203.0.113.9");
        }
        catch (IOException)
        {
            // openssl has ended already.
        }

        await weir.UntilAsync($"{why} is counted", async () =>
            await weir.SumAsync("weir_collecting_refused_sessions_total", why) == 1);
        await weir.UntilAsync("the exporter's page tells it", async () =>
            await weir.SumAsync("weir_collecting_unlisted_datagrams_total", why) == 1);
    }

    private string Authority(string name)
    {
        var folder = _folder.At(name);
        CertificateIssuer.MakeAuthority(folder, name, days: 30, TimeProvider.System.GetUtcNow().AddDays(-1)).Dispose();
        return folder;
    }

    private static PeerCertificateFiles Issue(string authority, string name)
    {
        Assert.True(PeerIdentity.TryCreate("collector", name, out var identity));
        var files = new IssuedFiles(Path.Combine(authority, name));
        CertificateIssuer.Issue(authority, identity, 20, files, TimeProvider.System.GetUtcNow().AddHours(-1)).Dispose();
        return new(files.Certificate, files.Key, Path.Combine(authority, "authority.pem"), []);
    }

    private static string KeyOf(PeerCertificateFiles files)
    {
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(files.Certificate);
        return CertificateFingerprint.OfKey(certificate).ToString();
    }

    private static async Task<List<JsonElement>> ListAsync(params string[] arguments)
    {
        var result = await WeirProcess.RunAsync([.. arguments, "-o", "json"]);
        Assert.True(result.ExitCode == 0, result.Error);
        return [.. JsonDocument.Parse(result.Out).RootElement.EnumerateArray()];
    }
}

/// <summary>An exporter of IPFIX whose octets <c>openssl s_client</c> carries: a template with the first message, then
/// conversations both ways (RFC 7011 §3).</summary>
internal sealed class TlsExporter : IAsyncDisposable
{
    private const int MessageHeader = 16;
    private const int TemplateId = 256;
    private const uint Domain = 7;

    /// <summary>Elements and their lengths: addresses, ports, protocol, flags, packets, octets, begin and end.</summary>
    private static readonly (ushort Element, ushort Length)[] Fields =
    [
        (8, 4), (12, 4), (7, 2), (11, 2), (4, 1), (6, 1), (2, 4), (1, 4), (152, 8), (153, 8),
    ];

    private readonly Process _openssl;
    private uint _sequence;

    private TlsExporter(Process openssl) => _openssl = openssl;

    /// <param name="port">Of the collector.</param>
    /// <param name="shown">Its certificate; null for none.</param>
    /// <param name="trusts">Folder of the authority of the collector's.</param>
    public static TlsExporter Start(int port, PeerCertificateFiles? shown, string trusts)
    {
        string[] own = shown is null ? [] : ["-cert", shown.Certificate, "-key", shown.Key];
        var openssl = Process.Start(new ProcessStartInfo(
            "openssl",
            [
                "s_client", "-quiet", "-verify_return_error", "-CAfile", Path.Combine(trusts, "authority.pem"), "-connect",
                string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"), .. own,
            ])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        openssl.OutputDataReceived += (_, _) => { };
        openssl.ErrorDataReceived += (_, _) => { };
        openssl.BeginOutputReadLine();
        openssl.BeginErrorReadLine();
        return new(openssl);
    }

    public async Task TellAsync(string line, string remote)
    {
        var now = TimeProvider.System.GetUtcNow();
        var message = new List<byte>(new byte[MessageHeader]);
        if (_sequence == 0)
        {
            message.AddRange(Set(2, [.. U16(TemplateId), .. U16(Fields.Length), .. Fields.SelectMany(
                one => U16(one.Element).Concat(U16(one.Length)))]));
        }

        message.AddRange(Set(TemplateId,
        [
            .. Record((line, 50_000), (remote, 4_443), now), .. Record((remote, 4_443), (line, 50_000), now),
        ]));
        var octets = message.ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(octets, 10);
        BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(2), (ushort)octets.Length);
        BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(4), (uint)now.ToUnixTimeSeconds());
        BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(8), _sequence);
        BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(12), Domain);
        _sequence += 2;
        await _openssl.StandardInput.BaseStream.WriteAsync(octets);
        await _openssl.StandardInput.BaseStream.FlushAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_openssl.HasExited)
        {
            _openssl.Kill();
        }

        await _openssl.WaitForExitAsync();
        _openssl.Dispose();
    }

    private static byte[] Record((string Address, int Port) from, (string Address, int Port) to, DateTimeOffset now)
    {
        const byte Tcp = 6;
        const byte SynAckPushFin = 0x1B;
        return
        [
            .. U32(IpKey.Parse(from.Address).V4), .. U32(IpKey.Parse(to.Address).V4), .. U16(from.Port), .. U16(to.Port),
            Tcp, SynAckPushFin, .. U32(12), .. U32(2_400), .. U64(now.AddSeconds(-1)), .. U64(now),
        ];
    }

    private static byte[] Set(int id, byte[] content) => [.. U16(id), .. U16(content.Length + 4), .. content];

    private static byte[] U16(int value) => [(byte)(value >> 8), (byte)value];

    private static byte[] U32(uint value) => [.. U16((int)(value >> 16)), .. U16((int)(value & 0xFFFF))];

    private static byte[] U64(DateTimeOffset at) =>
        [.. U32((uint)(at.ToUnixTimeMilliseconds() >> 32)), .. U32((uint)at.ToUnixTimeMilliseconds())];
}
