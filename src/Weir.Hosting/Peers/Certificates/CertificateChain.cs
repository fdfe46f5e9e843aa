// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography.X509Certificates;

namespace Weir.Hosting.Peers.Certificates;

/// <summary>Whether an authority of our own issued a certificate.</summary>
public static class CertificateChain
{
    /// <summary>Judges authority and dates. Nothing is fetched.</summary>
    /// <param name="certificate">What is shown.</param>
    /// <param name="authorities">Who is believed.</param>
    /// <param name="now">By our clock.</param>
    /// <param name="between">Certificates that were shown with it, between it and the authority.</param>
    /// <param name="use">What it must be for, an object identifier; null for anything.</param>
    public static CertificateFault Check(
        X509Certificate2 certificate, X509Certificate2Collection authorities, DateTimeOffset now,
        X509Certificate2Collection? between = null, string? use = null)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.ExtraStore.AddRange(between ?? []);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = now.LocalDateTime;
        if (use is not null)
        {
            _ = chain.ChainPolicy.ApplicationPolicy.Add(new(use));
        }

        return chain.Build(certificate) ? CertificateFault.None
            : chain.ChainStatus.All(one => one.Status == X509ChainStatusFlags.NotTimeValid) ? CertificateFault.OutOfDate
            : CertificateFault.OtherAuthority;
    }
}
