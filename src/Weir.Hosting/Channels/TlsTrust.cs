// SPDX-License-Identifier: Apache-2.0
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Weir.Hosting.Channels;

/// <summary>Whom a TLS connection trusts. TLS 1.2 or later, always.</summary>
/// <param name="CaFile">PEM file of the authorities that are believed in place of the system's;
/// null = the system's.</param>
/// <param name="IsChecked">False = any certificate will do, which only keeps out who merely listens.</param>
/// <param name="ClientFile">PEM file with our own certificate and its key, where the other end asks for one.</param>
public sealed record TlsTrust(string? CaFile = null, bool IsChecked = true, string? ClientFile = null)
{
    /// <summary>What a connection to a host is opened with; null where who connects fills it in.
    /// Files are read now.</summary>
    /// <exception cref="ChannelException">A file cannot be read.</exception>
    public SslClientAuthenticationOptions For(string? host)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = host,
#pragma warning disable CA5398 // older versions than these must not be taken, whatever the system allows
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
#pragma warning restore CA5398
        };
        try
        {
            if (CaFile is not null)
            {
                var policy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    RevocationMode = X509RevocationMode.NoCheck
                };
                policy.CustomTrustStore.ImportFromPemFile(CaFile);
                options.CertificateChainPolicy = policy;
            }

            if (ClientFile is not null)
            {
                options.ClientCertificates = [X509Certificate2.CreateFromPemFile(ClientFile)];
            }
        }
        catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ChannelException($"the certificates in {CaFile ?? ClientFile} cannot be read: {fault.Message}; "
                + "write PEM there that this user may read", isForGood: false, fault);
        }

        if (!IsChecked)
        {
#pragma warning disable CA5359 // the operator's own, named choice
            options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        return options;
    }
}
