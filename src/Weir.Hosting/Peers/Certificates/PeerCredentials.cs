// SPDX-License-Identifier: Apache-2.0
//
// A process's certificate and the authority it believes, read again when their files change, so that a renewal needs no
// restart. Files that do not fit leave what was in force in force, and health says so.
using System.Diagnostics.Metrics;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Weir.Hosting.Health;

namespace Weir.Hosting.Peers.Certificates;

/// <summary>What this process shows to others on other machines, and its judgement of what they show. Safe for any
/// thread.</summary>
public sealed class PeerCredentials
{
    /// <summary>How often the files are looked at.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);

    private const int MostOfIssuer = 100;

    private static readonly TimeSpan LongestNotice = TimeSpan.FromDays(30);

    private readonly Lock _gate = new();
    private readonly PeerCertificateFiles _files;
    private readonly HashSet<CertificateFingerprint> _revoked;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private Material _material;
    private string _stamp;
    private string? _fault;
    private DateTimeOffset _looked;

    /// <param name="files">Where they lie.</param>
    /// <param name="role">What this process is: its certificate must say so.</param>
    /// <param name="time">The clock that dates are held against.</param>
    /// <param name="meters">Takes the gauge of the time that is left.</param>
    /// <param name="logs">Takes a line at each renewal, and where one fails.</param>
    /// <exception cref="IOException">A file cannot be used; the message names it and says the fix.</exception>
    public PeerCredentials(
        PeerCertificateFiles files, string role, TimeProvider time, IMeterFactory meters, ILoggerFactory logs)
    {
        (_files, Role, _time, _log) = (files, role, time, logs.CreateLogger<PeerCredentials>());
        _revoked = [.. files.Revoked];
        (_stamp, _looked) = (files.Stamp(), time.GetUtcNow());
        _material = Load();
        _ = new PeerCertificateMetrics(meters, () => End - _time.GetUtcNow());
    }

    /// <summary>What this process is.</summary>
    public string Role { get; }

    /// <summary>Whom the certificate in force names.</summary>
    public PeerIdentity Identity => Current().Identity;

    /// <summary>When the certificate in force ends.</summary>
    public DateTimeOffset End => Current().Own.NotAfter.ToUniversalTime();

    /// <summary>The certificate in force, with its key.</summary>
    internal X509Certificate2 Own => Current().Own;

    /// <summary>Says when renewal is due, and when it failed.</summary>
    public ComponentHealth Health()
    {
        var own = Current().Own;
        var (now, end) = (_time.GetUtcNow(), (DateTimeOffset)own.NotAfter.ToUniversalTime());
        var notice = (end - own.NotBefore.ToUniversalTime()) / 3;
        var renew = $"renew it with weir certs renew and put it and its key at {_files.Certificate} and {_files.Key}";
        return now > end
            ? ComponentHealth.Failing(
                $"the certificate of {Identity} ended at {end:u}: no other machine believes it; {renew}")
            : _fault is { } fault ? ComponentHealth.Degraded($"the certificate in force is an older one: {fault}")
            : end - now < (notice < LongestNotice ? notice : LongestNotice)
            ? ComponentHealth.Degraded($"the certificate of {Identity} ends at {end:u}; {renew}")
            : ComponentHealth.Ok;
    }

    /// <summary>Judges what the other side shows: authority, dates, calling back, whom it names.</summary>
    /// <param name="shown">Its certificate.</param>
    /// <param name="role">Who it must be; null for any process.</param>
    public CertificateVerdict Verify(X509Certificate2 shown, string? role = null)
    {
        var (print, identity) = (CertificateFingerprint.From(shown), PeerIdentity.Of(shown));
        var who = identity is null ? $"the certificate {print}" : $"the certificate {print} of {identity}";
        return Check(shown, print) switch
        {
            CertificateFault.OtherAuthority => new(
                CertificateFault.OtherAuthority, identity,
                $"{who}, which the authority in {_files.Authority} did not issue (it says {Printable(shown.Issuer)} "
                + "did); give both machines the same authority, and certificates that it issued"),
            CertificateFault.OutOfDate => new(
                CertificateFault.OutOfDate, identity,
                $"{who}, valid from {shown.NotBefore.ToUniversalTime():u} to {shown.NotAfter.ToUniversalTime():u}; "
                + "renew it with weir certs renew, or set both machines' clocks"),
            CertificateFault.Revoked => new(
                CertificateFault.Revoked, identity,
                $"{who}, which stands in processes.revoked; issue another with weir certs issue"),
            _ when identity is null => new(
                CertificateFault.NoIdentity, null,
                $"{who}, which names no process of Weir; make one with weir certs issue"),
            _ when role is not null && identity.Role != role => new(
                CertificateFault.OtherRole, identity,
                $"{who}, and a {role} was expected; give it the {role}'s certificate, or correct the address"),
            _ => new(CertificateFault.None, identity, ""),
        };
    }

    private CertificateFault Check(X509Certificate2 shown, CertificateFingerprint print)
    {
        var fault = Chain(shown, Current().Authorities);
        return fault == CertificateFault.None && _revoked.Contains(print) ? CertificateFault.Revoked : fault;
    }

    private CertificateFault Chain(X509Certificate2 certificate, X509Certificate2Collection authorities) =>
        CertificateChain.Check(certificate, authorities, _time.GetUtcNow());

    /// <summary>What a stranger wrote, for a log's line.</summary>
    private static string Printable(string text) => new([.. text.Where(c => !char.IsControl(c)).Take(MostOfIssuer)]);

    private Material Current()
    {
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            if (now - _looked < LookEvery && now >= _looked)
            {
                return _material;
            }

            _looked = now;
            var stamp = _files.Stamp();
            if (stamp != _stamp || _fault is not null)
            {
                Renew(stamp);
            }

            return _material;
        }
    }

    private void Renew(string stamp)
    {
        try
        {
            _material = Load();
            _fault = null;
            var end = _material.Own.NotAfter.ToUniversalTime();
            _log.CertificateRead(_material.Identity, end);
        }
        catch (IOException fault)
        {
            if (stamp != _stamp)
            {
                _log.CertificateKept(fault.Message);
            }

            _fault = fault.Message;
        }

        _stamp = stamp;
    }

    private Material Load()
    {
        var (own, authorities) = _files.Load();
        var identity = PeerIdentity.Of(own);
        return Chain(own, authorities) switch
        {
            CertificateFault.OtherAuthority => throw new IOException(
                $"{_files.Certificate}: the authority in {_files.Authority} did not issue it ({own.Issuer} did); put "
                + "the authority's certificate there, or have it issue one"),
            CertificateFault.OutOfDate => throw new IOException(
                $"{_files.Certificate}: is valid from {own.NotBefore.ToUniversalTime():u} to "
                + $"{own.NotAfter.ToUniversalTime():u}; renew it with weir certs renew"),
            _ when identity?.Role != Role => throw new IOException(
                $"{_files.Certificate}: is the certificate of {identity?.ToString() ?? "no process of Weir"}, and this "
                + $"is a {Role}; put there what weir certs issue made for the {Role}"),
            _ => new(own, authorities, identity),
        };
    }

    private sealed record Material(
        X509Certificate2 Own, X509Certificate2Collection Authorities, PeerIdentity Identity);
}

/// <summary>Event ids 13301 and 13302.</summary>
internal static partial class PeerCredentialsLog
{
    [LoggerMessage(EventId = 13301, Level = LogLevel.Information,
        Message = "the certificate of {Identity} was read anew; it ends at {End:u}")]
    public static partial void CertificateRead(this ILogger log, PeerIdentity identity, DateTimeOffset end);

    [LoggerMessage(EventId = 13302, Level = LogLevel.Warning,
        Message = "the certificate's files changed and cannot be used, so the older one stays in force: {Reason}")]
    public static partial void CertificateKept(this ILogger log, string reason);
}
