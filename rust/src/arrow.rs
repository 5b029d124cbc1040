//! String columns of other libraries, read without a copy through the Arrow PyCapsule interface.
//!
//! <https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html>

use std::ffi::CStr;

use arrow_array::ffi::{from_ffi, FFI_ArrowArray, FFI_ArrowSchema};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{make_array, Array, ArrayRef, BinaryArray, BinaryViewArray, LargeBinaryArray};
use arrow_schema::DataType;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

const STREAM: &CStr = c"arrow_array_stream";
const SCHEMA: &CStr = c"arrow_schema";
const ARRAY: &CStr = c"arrow_array";

/// The chunks of a column; None for an object that does not have the interface.
pub fn chunks(object: &Bound<'_, PyAny>) -> PyResult<Option<Vec<ArrayRef>>> {
    if object.hasattr("__arrow_c_stream__")? {
        return stream(&object.call_method0("__arrow_c_stream__")?).map(Some);
    }
    if object.hasattr("__arrow_c_array__")? {
        let (schema, array): (Bound<'_, PyAny>, Bound<'_, PyAny>) =
            object.call_method0("__arrow_c_array__")?.extract()?;
        // SAFETY: the capsules' names were checked; by the interface they hold these structures, whose ownership moves here
        // as the structures left behind are marked released.
        let (schema, array) = unsafe {
            (
                FFI_ArrowSchema::from_raw(pointer(&schema, SCHEMA)?.cast()),
                FFI_ArrowArray::from_raw(pointer(&array, ARRAY)?.cast()),
            )
        };
        return Ok(Some(vec![import(array, &schema)?]));
    }
    Ok(None)
}

fn pointer(capsule: &Bound<'_, PyAny>, name: &'static CStr) -> PyResult<*mut std::ffi::c_void> {
    Ok(capsule.cast::<PyCapsule>()?.pointer_checked(Some(name))?.as_ptr())
}

fn stream(capsule: &Bound<'_, PyAny>) -> PyResult<Vec<ArrayRef>> {
    // SAFETY: the capsule's name was checked; by the interface it holds a stream, whose ownership moves here.
    let mut stream = unsafe { FFI_ArrowArrayStream::from_raw(pointer(capsule, STREAM)?.cast()) };
    let broken = || PyValueError::new_err("the Arrow stream is released, or fails");
    let (Some(get_schema), Some(get_next)) = (stream.get_schema, stream.get_next) else { return Err(broken()) };
    let mut schema = FFI_ArrowSchema::empty();
    // SAFETY: a stream that is not released has these functions, and they fill what they are given.
    if unsafe { get_schema(&raw mut stream, &raw mut schema) } != 0 {
        return Err(broken());
    }
    let mut out = Vec::new();
    loop {
        let mut array = FFI_ArrowArray::empty();
        // SAFETY: as above.
        if unsafe { get_next(&raw mut stream, &raw mut array) } != 0 {
            return Err(broken());
        }
        if array.is_released() {
            return Ok(out);
        }
        out.push(import(array, &schema)?);
    }
}

fn import(array: FFI_ArrowArray, schema: &FFI_ArrowSchema) -> PyResult<ArrayRef> {
    let wrong = |error: arrow_schema::ArrowError| PyValueError::new_err(format!("not valid Arrow data: {error}"));
    // SAFETY: array and schema come from one producer; what they hold is checked before anything reads it.
    let data = unsafe { from_ffi(array, schema) }.map_err(wrong)?;
    let bytes = match data.data_type() {
        DataType::Utf8 => DataType::Binary,
        DataType::LargeUtf8 => DataType::LargeBinary,
        DataType::Utf8View => DataType::BinaryView,
        found => {
            return Err(PyTypeError::new_err(format!("an Arrow column of {found}; a column of strings is needed")))
        }
    };
    // Strings have the layout of bytes. `texts` checks that they are UTF-8, many times faster than Arrow; `build` checks the rest.
    data.into_builder().data_type(bytes).build().map(make_array).map_err(wrong)
}

/// The texts of `chunks`; an absent text is empty.
pub fn texts(chunks: &[ArrayRef]) -> PyResult<Vec<&str>> {
    let mut out: Vec<&[u8]> = Vec::with_capacity(chunks.iter().map(|chunk| chunk.len()).sum());
    for chunk in chunks {
        let any = chunk.as_any();
        if let Some(array) = any.downcast_ref::<BinaryArray>() {
            out.extend(array.iter().map(Option::unwrap_or_default));
        } else if let Some(array) = any.downcast_ref::<LargeBinaryArray>() {
            out.extend(array.iter().map(Option::unwrap_or_default));
        } else if let Some(array) = any.downcast_ref::<BinaryViewArray>() {
            out.extend(array.iter().map(Option::unwrap_or_default));
        }
    }
    let text = |(at, bytes)| {
        simdutf8::basic::from_utf8(bytes)
            .map_err(|_| PyValueError::new_err(format!("not valid Arrow data: string {at} is not UTF-8")))
    };
    out.into_iter().enumerate().map(text).collect()
}
