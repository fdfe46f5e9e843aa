// SPDX-License-Identifier: Apache-2.0
//
// What is shown to exporters and whom they must be of, read again when the files change. Files that do not fit leave
// what was in force in force, and health says so.
using System.Security.Cryptography.X509Certificates;
using Weir.Hosting.Health;
using Weir.Hosting.Peers.Certificates;

namespace Weir.Collector.Collecting.Sessions;

/// <summary>A certificate of ours and the authority of the exporters'. For any thread.</summary>
internal sealed class SessionCredentials
{
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly PeerCertificateFiles _files;
    private readonly TimeProvider _time;
    private (X509Certificate2 Own, X509Certificate2Collection Authorities) _material;
    private DateTimeOffset _lookedAt;
    private string _stamp;
    private string? _fault;

    /// <exception cref="IOException">A file cannot be used; the message names it and says the fix.</exception>
    public SessionCredentials(PeerCertificateFiles files, TimeProvider time)
    {
        (_files, _time) = (files, time);
        (_stamp, _lookedAt) = (files.Stamp(), time.GetUtcNow());
        _material = files.Load();
    }

    /// <summary>What is shown.</summary>
    public X509Certificate2 Own => Current().Own;

    /// <summary>Judges what an exporter shows.</summary>
    public CertificateFault Check(X509Certificate2 shown, X509Certificate2Collection between) =>
        CertificateChain.Check(shown, Current().Authorities, _time.GetUtcNow(), between, ClientUse);

    /// <summary>Says when the certificate is over, or could not be read anew.</summary>
    public ComponentHealth Health()
    {
        var end = (DateTimeOffset)Own.NotAfter.ToUniversalTime();
        return _time.GetUtcNow() > end
            ? ComponentHealth.Failing($"{_files.Certificate} ended at {end:u}: exporters do not believe it; put "
                + "another there, with its key")
            : _fault is { } fault ? ComponentHealth.Degraded($"the certificate in force is an older one: {fault}")
            : ComponentHealth.Ok;
    }

    private (X509Certificate2 Own, X509Certificate2Collection Authorities) Current()
    {
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            if ((now - _lookedAt).Duration() >= LookEvery)
            {
                _lookedAt = now;
                Renew(_files.Stamp());
            }

            return _material;
        }
    }

    private void Renew(string stamp)
    {
        if (stamp == _stamp && _fault is null)
        {
            return;
        }

        try
        {
            (_material, _stamp, _fault) = (_files.Load(), stamp, null);
        }
        catch (IOException refused)
        {
            (_stamp, _fault) = (stamp, refused.Message);
        }
    }
}
