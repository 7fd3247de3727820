namespace Postseal.Protocol.TlsRpt;

/// <summary>The result types of RFC 8460 §4.3. <see cref="TlsResults.ToWire"/> gives the registered text.</summary>
public enum TlsResult
{
    /// <summary><c>starttls-not-supported</c></summary>
    StartTlsNotSupported,

    /// <summary><c>certificate-host-mismatch</c></summary>
    CertificateHostMismatch,

    /// <summary><c>certificate-expired</c></summary>
    CertificateExpired,

    /// <summary><c>certificate-not-trusted</c></summary>
    CertificateNotTrusted,

    /// <summary><c>validation-failure</c></summary>
    ValidationFailure,

    /// <summary><c>tlsa-invalid</c></summary>
    TlsaInvalid,

    /// <summary><c>dnssec-invalid</c></summary>
    DnssecInvalid,

    /// <summary><c>dane-required</c></summary>
    DaneRequired,

    /// <summary><c>sts-policy-fetch-error</c></summary>
    StsPolicyFetchError,

    /// <summary><c>sts-policy-invalid</c></summary>
    StsPolicyInvalid,

    /// <summary><c>sts-webpki-invalid</c></summary>
    StsWebPkiInvalid,
}

/// <summary>The wire names of <see cref="TlsResult"/>.</summary>
public static class TlsResults
{
    /// <summary>The text registered for the result (RFC 8460 §4.3).</summary>
    public static string ToWire(this TlsResult result) =>
        result switch
        {
            TlsResult.StartTlsNotSupported => "starttls-not-supported",
            TlsResult.CertificateHostMismatch => "certificate-host-mismatch",
            TlsResult.CertificateExpired => "certificate-expired",
            TlsResult.CertificateNotTrusted => "certificate-not-trusted",
            TlsResult.ValidationFailure => "validation-failure",
            TlsResult.TlsaInvalid => "tlsa-invalid",
            TlsResult.DnssecInvalid => "dnssec-invalid",
            TlsResult.DaneRequired => "dane-required",
            TlsResult.StsPolicyFetchError => "sts-policy-fetch-error",
            TlsResult.StsPolicyInvalid => "sts-policy-invalid",
            TlsResult.StsWebPkiInvalid => "sts-webpki-invalid",
            _ => throw new ArgumentOutOfRangeException(nameof(result)),
        };
}
